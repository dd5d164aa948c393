// SPDX-License-Identifier: Apache-2.0
#include "reactor_fixture.h"

namespace hp::net {
namespace {

HP_REACTOR_SUITE(StaleIds);

TEST_P(StaleIds, ASlotIsNotReusedBeforeItsCloseWasSeen) {
  TestReactor reactor(GetParam());
  auto first_peer = reactor.Accept();
  const Target first = reactor.newest();
  first_peer->Close();
  reactor.Turn();
  ASSERT_TRUE(reactor.log[first.id].closed);
  const auto second_peer = reactor.Dial();
  reactor.Turn();
  reactor.Turn();
  const Target second = reactor.newest();
  ASSERT_NE(second.id, first.id);
  EXPECT_NE(second.slot, first.slot);
  reactor.Settle();
  const auto third_peer = reactor.Accept();
  EXPECT_EQ(reactor.newest().slot, first.slot);
}

TEST_P(StaleIds, NoCommandOfTheFormerOwnerReachesTheNewOne) {
  TestReactor reactor(GetParam());
  auto former_peer = reactor.Accept();
  const Target former = reactor.newest();
  former_peer->Close();
  reactor.Settle();
  const auto peer = reactor.Accept();
  const Target owner = reactor.newest();
  ASSERT_EQ(owner.slot, former.slot);

  reactor.Send(former, "not for you");
  for (const CommandKind kind :
       {CommandKind::kPause, CommandKind::kHold, CommandKind::kEnd, CommandKind::kNotifyDrain}) {
    reactor.Do(kind, former);
  }
  reactor.Disconnect(former, kDisconnectAbort);
  reactor.SendNow(former, "nor this");
  reactor.Settle();
  EXPECT_EQ(reactor.reactor.At(former.slot, former.id), nullptr);

  EXPECT_EQ(peer->Receive(), "");
  EXPECT_FALSE(peer->ended());
  EXPECT_FALSE(peer->was_reset());
  peer->Send("still here");
  reactor.Settle();
  EXPECT_EQ(reactor.log[owner.id].received, "still here");
  EXPECT_EQ(reactor.log[owner.id].drains, 0U);
}

TEST_P(StaleIds, NoLateCompletionOfTheFormerOwnerReachesTheNewOne) {
  TestReactor reactor(GetParam());
  auto former_peer = reactor.Accept();
  const sys::Token former_token = reactor.reactor.At(0, reactor.newest().id)->socket.token;
  former_peer->Close();
  reactor.Settle();
  const auto peer = reactor.Accept();
  const Connection* owner = reactor.reactor.At(reactor.newest().slot, reactor.newest().id);
  ASSERT_EQ(owner->slot, 0U);
  ASSERT_NE(owner->socket.token, former_token);
  using Kind = sys::Completion::Kind;
  for (const Kind kind : {Kind::kReadable, Kind::kSent, Kind::kConnected, Kind::kAccepted}) {
    reactor.backend.Inject({.token = former_token,
                            .bytes = 100,
                            .error = ErrorCode::kConnectionReset,
                            .kind = kind,
                            .ended = true});
  }
  reactor.Settle();
  EXPECT_FALSE(reactor.log.newest().closed);
}

TEST_P(StaleIds, FreeSlotsAndSlotsThatNeverWereAnswerNobody) {
  TestReactor reactor(GetParam());
  auto peer = reactor.Accept();
  peer->Close();
  reactor.Settle();
  for (const Target& nobody :
       {Target{.slot = 0, .id = 0}, Target{.slot = 0, .id = 1}, Target{.slot = 1, .id = 0},
        Target{.slot = 255, .id = 0}, Target{.slot = 256, .id = 0},
        Target{.slot = 1'000'000, .id = 1}, Target{.slot = UINT32_MAX, .id = 0xffff'ffff'ffff}}) {
    reactor.Send(nobody, "bytes");
    for (const CommandKind kind :
         {CommandKind::kOpen, CommandKind::kEnd, CommandKind::kPause, CommandKind::kResume,
          CommandKind::kNotifyDrain, CommandKind::kHold, CommandKind::kUnhold}) {
      reactor.Do(kind, nobody);
    }
    reactor.Disconnect(nobody);
    reactor.SendNow(nobody, "bytes");
  }
  reactor.Settle();
}

TEST_P(StaleIds, EveryConnectionHasAnIdOfItsOwn) {
  TestReactor reactor(GetParam());
  for (int i = 0; i < 1000; ++i) {
    const auto peer = reactor.Accept();
    EXPECT_EQ(reactor.newest().id, static_cast<std::uint64_t>(i) + 1);
    EXPECT_EQ(reactor.newest().slot, 0U);
    peer->Reset();
    reactor.Settle();
    ASSERT_TRUE(reactor.log.newest().closed);
  }
  EXPECT_EQ(reactor.reactor.cached_connections().Read(), 1U);
}

}  // namespace
}  // namespace hp::net
