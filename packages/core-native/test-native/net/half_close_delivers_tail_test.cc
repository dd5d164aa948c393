// SPDX-License-Identifier: Apache-2.0
#include "reactor_fixture.h"

namespace hp::net {
namespace {

HP_REACTOR_SUITE(HalfClose);

std::string ReadSlowly(TestReactor& reactor, sys::FakePeer& peer) {
  std::string bytes;
  for (int quiet = 0; quiet < 3;) {
    const std::string some = peer.Receive(300);
    quiet = some.empty() ? quiet + 1 : 0;
    bytes += some;
    reactor.Settle();
  }
  return bytes;
}

// Turns without seeing anything.
void TurnUntilTold(TestReactor& reactor, EventKind kind) {
  for (int i = 0; i < 10 && reactor.log.CountOf(kind) == 0; ++i) reactor.Turn();
  EXPECT_EQ(reactor.log.CountOf(kind), 1U);
}

TEST_P(HalfClose, BytesFollowedByAnEndAreToldWhole) {
  ComponentSettings settings;
  settings.receive_limit = 100;
  TestReactor reactor(GetParam(), settings);
  const auto peer = reactor.Accept();
  const std::string bytes = Pattern(60'000);
  ASSERT_EQ(peer->Send(bytes), bytes.size());
  peer->Close();
  reactor.Settle();
  EXPECT_EQ(reactor.log.newest().received, bytes);
  EXPECT_TRUE(reactor.log.newest().closed);
  EXPECT_EQ(reactor.log.newest().operation, Operation::kClose);
  EXPECT_EQ(reactor.log.newest().error, ErrorCode::kOk);
}

TEST_P(HalfClose, WhatWasQueuedBeforeThePeersEndIsFlushed) {
  TestReactor reactor(GetParam());
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = reactor.Accept();
  const std::string bytes = Pattern(200'000);
  reactor.Send(reactor.newest(), bytes);
  peer->FinishSending();
  reactor.Settle();
  EXPECT_TRUE(reactor.log.newest().closed);
  // Closed as far as JavaScript is concerned, while the slot is still needed.
  EXPECT_EQ(reactor.component.connection_count().load(), 0U);
  EXPECT_EQ(reactor.reactor.load(), 1U);
  EXPECT_TRUE(ReadSlowly(reactor, *peer) == bytes);
  EXPECT_TRUE(peer->ended());
  EXPECT_EQ(reactor.reactor.load(), 0U);
}

TEST_P(HalfClose, TheEndIsToldAfterTheAnswersToWhatCameBefore) {
  TestReactor reactor(GetParam());
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = reactor.Accept();
  peer->Send("question");
  peer->FinishSending();
  TurnUntilTold(reactor, EventKind::kReceive);
  reactor.Turn();
  EXPECT_FALSE(reactor.log.newest().closed);
  const std::string answer = Pattern(5000);
  reactor.Send(reactor.newest(), answer);
  reactor.See();
  TurnUntilTold(reactor, EventKind::kClose);
  EXPECT_EQ(reactor.log.newest().error, ErrorCode::kOk);
  reactor.See();
  EXPECT_EQ(ReadSlowly(reactor, *peer), answer);
  EXPECT_TRUE(peer->ended());
  EXPECT_EQ(reactor.reactor.load(), 0U);
}

TEST_P(HalfClose, WhatIsSentBeforeTheCloseWasSeenIsFlushedToo) {
  TestReactor reactor(GetParam());
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = reactor.Accept();
  peer->FinishSending();
  TurnUntilTold(reactor, EventKind::kClose);
  const std::string bytes = Pattern(5000);
  reactor.Send(reactor.newest(), bytes);
  reactor.See();
  EXPECT_EQ(ReadSlowly(reactor, *peer), bytes);
  EXPECT_EQ(reactor.reactor.load(), 0U);
}

TEST_P(HalfClose, ADisconnectBeforeTheEndWasToldHolds) {
  TestReactor reactor(GetParam());
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = reactor.Accept();
  peer->Send("question");
  peer->FinishSending();
  TurnUntilTold(reactor, EventKind::kReceive);
  reactor.Turn();
  reactor.Send(reactor.newest(), Pattern(5000));
  reactor.Disconnect(reactor.newest());
  reactor.Settle();
  EXPECT_TRUE(reactor.log.newest().closed);
  EXPECT_EQ(reactor.reactor.load(), 0U) << "flushes what was to be dropped";
}

TEST_P(HalfClose, APeerThatNeverReadsIsGivenUp) {
  TestReactor reactor(GetParam());
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = reactor.Accept();
  reactor.Send(reactor.newest(), Pattern(5000));
  peer->FinishSending();
  reactor.Settle();
  reactor.Pass(9'900);
  EXPECT_EQ(reactor.reactor.load(), 1U);
  reactor.Pass(200);
  EXPECT_EQ(reactor.reactor.load(), 0U);
}

TEST_P(HalfClose, APeerThatReadsSlowlyGetsAll) {
  TestReactor reactor(GetParam());
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = reactor.Accept();
  const std::string bytes = Pattern(20'000);
  reactor.Send(reactor.newest(), bytes);
  peer->FinishSending();
  reactor.Settle();
  std::string received;
  for (int i = 0; i < 20 && reactor.reactor.load() != 0; ++i) {
    reactor.Pass(GetParam() == sys::FakeStyle::kReadiness ? 9000 : 400);
    received += peer->Receive();
  }
  EXPECT_EQ(received + ReadSlowly(reactor, *peer), bytes);
  EXPECT_EQ(reactor.reactor.load(), 0U);
}

TEST_P(HalfClose, AResetEndsTheFlushAtOnce) {
  TestReactor reactor(GetParam());
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = reactor.Accept();
  reactor.Send(reactor.newest(), Pattern(5000));
  peer->FinishSending();
  reactor.Settle();
  ASSERT_EQ(reactor.reactor.load(), 1U);
  peer->Reset();
  reactor.Settle();
  EXPECT_EQ(reactor.reactor.load(), 0U);
}

TEST_P(HalfClose, AResetBeforeTheCloseWasSeenLeavesNothingToFlush) {
  TestReactor reactor(GetParam());
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = reactor.Accept();
  reactor.Send(reactor.newest(), Pattern(5000));
  peer->FinishSending();
  reactor.Turn();
  peer->Reset();
  reactor.Turn();
  reactor.Settle();
  EXPECT_EQ(reactor.reactor.load(), 0U);
}

TEST_P(HalfClose, DisconnectDropsTheQueue) {
  TestReactor reactor(GetParam());
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = reactor.Accept();
  const std::string bytes = Pattern(5000);
  reactor.Send(reactor.newest(), bytes);
  reactor.Disconnect(reactor.newest());
  reactor.Settle();
  EXPECT_EQ(reactor.reactor.load(), 0U);
  const std::string read = ReadSlowly(reactor, *peer);
  EXPECT_LE(read.size(), kCapacity);
  EXPECT_EQ(read, bytes.substr(0, read.size()));
}

TEST_P(HalfClose, DisconnectMayFlushFirst) {
  TestReactor reactor(GetParam());
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = reactor.Accept();
  const std::string bytes = Pattern(5000);
  reactor.Send(reactor.newest(), bytes);
  reactor.Disconnect(reactor.newest(), kDisconnectFlush);
  reactor.Settle();
  EXPECT_TRUE(reactor.log.newest().closed);
  EXPECT_EQ(ReadSlowly(reactor, *peer), bytes);
  EXPECT_TRUE(peer->ended());
  EXPECT_EQ(reactor.reactor.load(), 0U);
}

TEST_P(HalfClose, DisconnectAfterThePeersEndTakesTheFlushBack) {
  TestReactor reactor(GetParam());
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = reactor.Accept();
  reactor.Send(reactor.newest(), Pattern(5000));
  peer->FinishSending();
  reactor.Turn();
  reactor.Disconnect(reactor.newest());
  reactor.Settle();
  EXPECT_EQ(reactor.reactor.load(), 0U);
}

TEST_P(HalfClose, DisconnectCannotFlushABrokenConnection) {
  TestReactor reactor(GetParam());
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = reactor.Accept();
  reactor.Send(reactor.newest(), Pattern(5000));
  peer->Reset();
  TurnUntilTold(reactor, EventKind::kClose);
  reactor.Disconnect(reactor.newest(), kDisconnectFlush);
  reactor.Settle();
  EXPECT_EQ(reactor.reactor.load(), 0U);
}

TEST_P(HalfClose, AbortShowsThePeerAReset) {
  TestReactor reactor(GetParam());
  const auto peer = reactor.Accept();
  reactor.Disconnect(reactor.newest(), kDisconnectAbort);
  reactor.Settle();
  EXPECT_TRUE(peer->was_reset());
}

TEST_P(HalfClose, StoppingDropsWhatIsStillFlushed) {
  TestReactor reactor(GetParam());
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = reactor.Accept();
  reactor.Send(reactor.newest(), Pattern(5000));
  peer->FinishSending();
  reactor.Settle();
  ASSERT_EQ(reactor.reactor.load(), 1U);
  reactor.reactor.StopAccepting(reactor.component);
  reactor.Settle();
  EXPECT_EQ(reactor.reactor.load(), 0U);
}

}  // namespace
}  // namespace hp::net
