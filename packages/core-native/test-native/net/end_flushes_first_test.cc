// SPDX-License-Identifier: Apache-2.0
#include "reactor_fixture.h"

namespace hp::net {
namespace {

HP_REACTOR_SUITE(Ending);

TEST_P(Ending, SendsWhatIsQueuedAndThenTheEnd) {
  TestReactor reactor(GetParam());
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = reactor.Accept();
  const Target target = reactor.newest();
  const std::string bytes = Pattern(20'000);
  reactor.Send(target, bytes);
  reactor.Do(CommandKind::kEnd, target);
  std::string received;
  while (received.size() < bytes.size()) {
    EXPECT_FALSE(peer->ended());
    received += peer->Receive(700);
    reactor.Settle();
  }
  EXPECT_EQ(received, bytes);
  EXPECT_TRUE(peer->ended());
  EXPECT_FALSE(reactor.log[target.id].closed);
}

TEST_P(Ending, IsToldThePeerAtOnceWhereNothingIsQueued) {
  TestReactor reactor(GetParam());
  const auto peer = reactor.Accept();
  reactor.Do(CommandKind::kEnd, reactor.newest());
  EXPECT_TRUE(peer->ended());
}

TEST_P(Ending, LeavesReceivingOpen) {
  TestReactor reactor(GetParam());
  const auto peer = reactor.Accept();
  const Target target = reactor.newest();
  reactor.Do(CommandKind::kEnd, target);
  peer->Send("still heard");
  reactor.Settle();
  EXPECT_EQ(reactor.log[target.id].received, "still heard");
  peer->FinishSending();
  reactor.Settle();
  EXPECT_TRUE(reactor.log[target.id].closed);
  EXPECT_EQ(reactor.log[target.id].error, ErrorCode::kOk);
}

TEST_P(Ending, MayBeAskedForTwice) {
  TestReactor reactor(GetParam());
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = reactor.Accept();
  reactor.Send(reactor.newest(), Pattern(1500));
  reactor.Do(CommandKind::kEnd, reactor.newest());
  reactor.Do(CommandKind::kEnd, reactor.newest());
  reactor.Settle();
  EXPECT_EQ(peer->Receive().size(), kCapacity);
  reactor.Settle();
  EXPECT_EQ(peer->Receive().size(), 500U);
  reactor.Settle();
  reactor.Do(CommandKind::kEnd, reactor.newest());
  EXPECT_TRUE(peer->ended());
}

TEST_P(Ending, RefusesWhatIsSentAfterIt) {
  TestReactor reactor(GetParam());
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = reactor.Accept();
  const Target target = reactor.newest();
  reactor.Send(target, Pattern(1500));
  reactor.Do(CommandKind::kEnd, target);
  reactor.Send(target, "too late");
  reactor.SendNow(target, "too late");
  reactor.Settle();
  std::string received = peer->Receive();
  reactor.Settle();
  received += peer->Receive();
  reactor.Settle();
  EXPECT_EQ(received, Pattern(1500));
  EXPECT_TRUE(peer->ended());
}

TEST_P(Ending, WhileThePeerHasEndedTooStillFlushes) {
  TestReactor reactor(GetParam());
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = reactor.Accept();
  const Target target = reactor.newest();
  const std::string bytes = Pattern(20'000);
  reactor.Send(target, bytes);
  reactor.Do(CommandKind::kEnd, target);
  peer->FinishSending();
  reactor.Settle();
  EXPECT_TRUE(reactor.log[target.id].closed);
  std::string received;
  while (received.size() < bytes.size()) {
    const std::string some = peer->Receive();
    ASSERT_FALSE(some.empty());
    received += some;
    reactor.Settle();
  }
  EXPECT_EQ(received, bytes);
  EXPECT_TRUE(peer->ended());
  EXPECT_EQ(reactor.reactor.load(), 0U);
}

}  // namespace
}  // namespace hp::net
