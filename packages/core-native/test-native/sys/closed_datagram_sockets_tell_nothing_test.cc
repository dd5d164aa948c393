// SPDX-License-Identifier: Apache-2.0
#include "datagram_fixture.h"

namespace hp::sys {
namespace {

HP_DATAGRAM_SUITE(ClosingDatagrams);

TEST_P(ClosingDatagrams, IsFollowedByNothing) {
  Bound bound = Open();
  const auto peer = MakePeer();
  CloseAndWait(bound.socket);
  peer->Send(bound.at, "too late");
  ExpectQuiet();
}

TEST_P(ClosingDatagrams, LeavesWhatWasNotReceived) {
  Bound bound = Open();
  const auto peer = MakePeer();
  for (const std::string& each : Numbered(20, 100)) peer->Send(bound.at, each);
  ASSERT_TRUE(Await(Kind::kReadable, bound.socket.token));
  ReceiveOnce(bound.socket, 2);
  CollectFor(5);
  CloseAndWait(bound.socket);
  ExpectQuiet();
}

TEST_P(ClosingDatagrams, DeliversWhatWasTaken) {
  const auto peer = MakePeer();
  const Endpoint at = peer->local();
  Bound bound = Open();
  const std::vector<std::string> sent = Numbered(50, 100);
  SendAll(bound.socket, To(&at, sent));
  CloseAndWait(bound.socket);
  EXPECT_EQ(BytesOf(PeerReceives(*peer, sent.size())), sent);
}

TEST_P(ClosingDatagrams, EndsAPendingSend) {
  std::unique_ptr<DatagramPeer> peer;
  Socket socket = AttachDatagrams(world->OpenScarceDatagrams(peer));
  std::vector<std::string> sent;
  for (std::size_t i = 1; i <= 100; ++i) sent.push_back(Pattern(i));
  const std::vector<OutgoingDatagram> datagrams = To(nullptr, sent);
  std::size_t taken = 0;
  DatagramSendResult result;
  while (!result.pending && taken < sent.size()) {
    result = backend.SendDatagrams(socket, std::span(datagrams).subspan(taken));
    taken += result.count;
  }
  ASSERT_TRUE(result.pending);
  const std::uint64_t before = backend.NowMs();
  CloseAndWait(socket);
  EXPECT_LT(backend.NowMs() - before, 1000U);
  CollectFor(5);
  ExpectQuiet();
}

TEST_P(ClosingDatagrams, InTheMidstOfABatchLeavesOnlyStaleTokensBehind) {
  std::array<Bound, 10> sockets;
  for (Bound& each : sockets) each = Open();
  const auto peer = MakePeer();
  for (const Bound& each : sockets) peer->Send(each.at, "x");
  // Closed before anything of the batch is looked at.
  std::array<Completion, 4> batch;
  ASSERT_NE(backend.Wait(batch, backend.NowMs() + 1000), 0U);
  for (std::size_t i = 1; i < sockets.size(); ++i) CloseAndWait(sockets[i].socket);
  std::array<Bound, 9> successors;
  for (Bound& each : successors) each = Open();
  for (const Completion& each : CollectFor(20)) {
    for (const Bound& successor : successors) EXPECT_NE(each.token, successor.socket.token);
  }
  peer->Send(successors[3].at, "to the right one");
  EXPECT_EQ(BytesOf(Receive(successors[3].socket, 1)),
            std::vector<std::string>{"to the right one"});
  for (Bound& each : successors) CloseAndWait(each.socket);
  CloseAndWait(sockets[0].socket);
  ExpectQuiet();
}

TEST_P(ClosingDatagrams, FreesTheStorageOfTheSocketAtOnce) {
  auto bound = std::make_unique<Bound>(Open());
  const Token token = bound->socket.token;
  const bool done = backend.Close(bound->socket, false);
  EXPECT_FALSE(bound->socket.open());
  bound.reset();
  if (!done) Await(Kind::kClosed, token);
  ExpectQuiet(5);
}

}  // namespace
}  // namespace hp::sys
