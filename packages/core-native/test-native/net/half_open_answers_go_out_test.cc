// SPDX-License-Identifier: Apache-2.0
#include "reactor_fixture.h"

namespace hp::net {
namespace {

HP_REACTOR_SUITE(HalfOpen);

struct HalfOpenReactor : TestReactor {
  explicit HalfOpenReactor(sys::FakeStyle style) : TestReactor(style) {
    backend.set_stream_capacity(kCapacity);
    peer = Accept();
    Do(CommandKind::kHalfOpen, newest());
  }

  const ConnectionLog::Connection& connection() { return log.newest(); }
  void EndByPeer() {
    peer->FinishSending();
    Settle();
  }

  std::unique_ptr<sys::FakePeer> peer;
};

TEST_P(HalfOpen, TheEndIsToldOnceBehindAllBytesAndNothingIsClosed) {
  HalfOpenReactor reactor(GetParam());
  reactor.peer->Send("question");
  reactor.peer->FinishSending();
  reactor.Turn();
  EXPECT_FALSE(reactor.connection().ended) << "before JavaScript has handled the bytes";
  reactor.Settle();
  EXPECT_EQ(reactor.connection().received, "question");
  EXPECT_TRUE(reactor.connection().ended);
  EXPECT_FALSE(reactor.connection().closed);
}

TEST_P(HalfOpen, AnswersGoOutAfterTheEndAndTheCloseFollowsThem) {
  HalfOpenReactor reactor(GetParam());
  reactor.EndByPeer();
  const std::string answer = Pattern(20'000);
  reactor.Send(reactor.newest(), answer.substr(0, 500));
  reactor.Settle();
  reactor.Send(reactor.newest(), answer.substr(500));
  reactor.Do(CommandKind::kEnd, reactor.newest());
  reactor.Settle();
  EXPECT_FALSE(reactor.connection().closed) << "with bytes in the queue";
  std::string received;
  while (received.size() < answer.size()) {
    const std::string some = reactor.peer->Receive(kCapacity);
    ASSERT_FALSE(some.empty());
    received += some;
    reactor.Settle();
  }
  EXPECT_EQ(received, answer);
  EXPECT_TRUE(reactor.peer->ended());
  EXPECT_TRUE(reactor.connection().closed);
  EXPECT_EQ(reactor.connection().operation, Operation::kClose);
  EXPECT_EQ(reactor.connection().error, ErrorCode::kOk);
  EXPECT_EQ(reactor.reactor.load(), 0U);
}

TEST_P(HalfOpen, EndedFromHereFirstThePeersEndCloses) {
  HalfOpenReactor reactor(GetParam());
  reactor.Do(CommandKind::kEnd, reactor.newest());
  reactor.Settle();
  EXPECT_TRUE(reactor.peer->ended());
  reactor.peer->Send("answer");
  reactor.peer->FinishSending();
  reactor.Settle();
  EXPECT_EQ(reactor.connection().received, "answer");
  EXPECT_TRUE(reactor.connection().closed);
  EXPECT_EQ(reactor.reactor.load(), 0U);
}

TEST_P(HalfOpen, ADisconnectAfterTheEndDropsTheQueue) {
  HalfOpenReactor reactor(GetParam());
  reactor.EndByPeer();
  reactor.Send(reactor.newest(), Pattern(5000));
  reactor.Disconnect(reactor.newest());
  reactor.Settle();
  EXPECT_TRUE(reactor.connection().closed);
  EXPECT_EQ(reactor.reactor.load(), 0U);
}

TEST_P(HalfOpen, APeerThatGoesAwayFailsWhatIsSent) {
  HalfOpenReactor reactor(GetParam());
  reactor.EndByPeer();
  reactor.peer->Reset();
  reactor.Settle();
  reactor.Send(reactor.newest(), "anybody there?");
  reactor.Settle();
  EXPECT_TRUE(reactor.connection().closed);
  EXPECT_EQ(reactor.connection().error, ErrorCode::kConnectionReset);
  EXPECT_EQ(reactor.reactor.load(), 0U);
}

TEST_P(HalfOpen, AnEndThatWasToldAlreadyIsNotTakenBack) {
  TestReactor reactor(GetParam());
  const auto peer = reactor.Accept();
  peer->FinishSending();
  reactor.Turn();
  reactor.Do(CommandKind::kHalfOpen, reactor.newest());
  reactor.Settle();
  EXPECT_TRUE(reactor.log.newest().closed);
  EXPECT_FALSE(reactor.log.newest().ended);
}

TEST_P(HalfOpen, WhatIsSentAfterAFailureStaysPending) {
  TestReactor reactor(GetParam());
  const auto peer = reactor.Accept();
  const Target target = reactor.newest();
  const Connection& connection = *reactor.reactor.At(target.slot, target.id);
  reactor.Send(reactor.newest(), "sent");
  peer->Reset();
  reactor.Turn();
  const std::uint32_t submitted = connection.progress.load().submitted;
  reactor.Send(reactor.newest(), "never sent");
  EXPECT_EQ(connection.progress.load().submitted, submitted);
}

}  // namespace
}  // namespace hp::net
