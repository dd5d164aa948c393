// SPDX-License-Identifier: Apache-2.0
#include "backend_fixture.h"

namespace hp::sys {
namespace {

HP_BACKEND_SUITE(Closing);

TEST_P(Closing, DeliversWhatWasTakenAndThenTheEnd) {
  Pair pair = Accepted();
  const std::string bytes = Pattern(20'000);
  std::string received;
  SendAll(pair.socket, bytes, *pair.peer, received);
  CloseAndWait(pair.socket);
  EXPECT_EQ(received + PeerReceives(*pair.peer, 0), bytes);
  EXPECT_TRUE(pair.peer->ended());
  EXPECT_FALSE(pair.peer->was_reset());
}

TEST_P(Closing, WithAbortShowsThePeerAReset) {
  Pair pair = Accepted();
  CloseAndWait(pair.socket, true);
  PeerReceives(*pair.peer, 0);
  EXPECT_TRUE(pair.peer->was_reset());
  EXPECT_FALSE(pair.peer->ended());
}

TEST_P(Closing, IsFollowedByNothing) {
  Pair pair = Accepted();
  CloseAndWait(pair.socket);
  pair.peer->Send("too late");
  ExpectQuiet(5);
  pair.peer->Reset();
  ExpectQuiet();
}

TEST_P(Closing, InTheMidstOfABatchLeavesOnlyStaleTokensBehind) {
  std::array<Pair, 10> pairs;
  for (Pair& pair : pairs) pair = Accepted();
  for (Pair& pair : pairs) pair.peer->Send("x");
  // Closed before anything of the batch is looked at.
  std::vector<Completion> batch(64);
  const std::size_t count = backend.Wait(batch, backend.NowMs() + 1000);
  ASSERT_NE(count, 0U);
  for (std::size_t i = 1; i < pairs.size(); ++i) CloseAndWait(pairs[i].socket);
  // Their places, perhaps even their descriptors, have new owners.
  std::array<Pair, 9> successors;
  for (Pair& pair : successors) pair = Accepted();
  for (const Completion& each : CollectFor(20)) {
    for (const Pair& pair : successors) EXPECT_NE(each.token, pair.socket.token);
  }
  successors[3].peer->Send("to the right one");
  EXPECT_EQ(ReceiveBytes(successors[3].socket, 16), "to the right one");
  for (Pair& pair : successors) CloseAndWait(pair.socket);
  CloseAndWait(pairs[0].socket);
  ExpectQuiet();
}

TEST_P(Closing, BetweenTwoSmallBatchesDoesToo) {
  std::array<Pair, 8> pairs;
  for (Pair& pair : pairs) pair = Accepted();
  for (Pair& pair : pairs) {
    pair.peer->Send("x");
    pair.peer->FinishSending();
  }
  std::array<Completion, 2> few;
  ASSERT_NE(backend.Wait(few, backend.NowMs() + 1000), 0U);
  for (Pair& pair : pairs) CloseAndWait(pair.socket);
  Pair successor = Accepted();
  CollectFor(10);
  ExpectQuiet();
  successor.peer->Send("new");
  EXPECT_EQ(ReceiveBytes(successor.socket, 3), "new");
  CloseAndWait(successor.socket);
}

TEST_P(Closing, EndsAPendingSendAndThenLetsGoOfItsMemory) {
  world->KeepBuffersSmall();
  Pair pair = Accepted();
  auto bytes = std::make_unique<std::string>(Pattern(4 << 20));
  ASSERT_TRUE(Send(pair.socket, *bytes, SendMemory::kStable).pending);
  CloseAndWait(pair.socket, true);
  bytes->assign(bytes->size(), '!');
  bytes.reset();
  CollectFor(5);
  ExpectQuiet();
}

TEST_P(Closing, DoesNotWaitForAPeerThatDoesNotRead) {
  world->KeepBuffersSmall();
  Pair pair = Accepted();
  const std::string bytes = Pattern(4 << 20);
  ASSERT_TRUE(Send(pair.socket, bytes, SendMemory::kStable).pending);
  const std::uint64_t before = backend.NowMs();
  CloseAndWait(pair.socket);
  EXPECT_LT(backend.NowMs() - before, 1000U);
}

TEST_P(Closing, OfASocketUnderWayOrAttachedOrListeningIsAllTheSame) {
  Socket connecting{.token = NextToken()};
  Connect(connecting, world->Silent());
  Pair pair = Accepted();
  Socket listener = Listen(3);
  for (Socket* socket : {&connecting, &pair.socket, &listener}) {
    EXPECT_TRUE(socket->open());
    CloseAndWait(*socket);
  }
  ExpectQuiet();
}

}  // namespace
}  // namespace hp::sys
