// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "backend_fixture.h"

namespace hp::sys {
namespace {

HP_BACKEND_SUITE(PostedAccepts);

TEST_P(PostedAccepts, NothingIsAcceptedBeforeOneIsPosted) {
  Socket listener = Listen(0);
  const auto peer = Dial();
  ASSERT_NE(peer, nullptr);
  ExpectQuiet();
  backend.PostAccepts(listener, 1);
  const auto accepted = Await(Kind::kAccepted, listener.token);
  ASSERT_TRUE(accepted);
  EXPECT_NE(accepted->handle, kNoHandle);
  EXPECT_EQ(accepted->error, ErrorCode::kOk);
  backend.Discard(accepted->handle);
  CloseAndWait(listener);
}

TEST_P(PostedAccepts, EachIsUsedUpByOnePeer) {
  Socket listener = Listen(3);
  std::vector<std::unique_ptr<Peer>> peers;
  for (int i = 0; i < 5; ++i) peers.push_back(Dial());
  std::vector<Completion> accepted = CollectFor(30);
  EXPECT_EQ(accepted.size(), 3U);
  ExpectQuiet();
  // Those who wait are served without a new one having to come.
  backend.PostAccepts(listener, 2);
  for (int i = 0; i < 2; ++i) {
    if (const auto one = Await(Kind::kAccepted, listener.token)) accepted.push_back(*one);
  }
  EXPECT_EQ(accepted.size(), 5U);
  for (const Completion& each : accepted) backend.Discard(each.handle);
  CloseAndWait(listener);
}

TEST_P(PostedAccepts, ABurstIsToldWhole) {
  constexpr int kPeers = 100;
  Socket listener = Listen(kPeers + 1);
  std::vector<std::unique_ptr<Peer>> peers;
  for (int i = 0; i < kPeers; ++i) peers.push_back(Dial());
  std::set<Handle> handles;
  for (int i = 0; i < kPeers; ++i) {
    const auto accepted = Await(Kind::kAccepted, listener.token);
    ASSERT_TRUE(accepted);
    EXPECT_TRUE(handles.insert(accepted->handle).second);
  }
  ExpectQuiet();
  for (const Handle handle : handles) backend.Discard(handle);
  CloseAndWait(listener);
}

TEST_P(PostedAccepts, TellWhoHasCome) {
  Socket listener = Listen(1);
  const auto peer = Dial();
  const auto accepted = Await(Kind::kAccepted, listener.token);
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->peer.family, Family::kIPv4);
  EXPECT_EQ(accepted->peer.address[0], 127);
  EXPECT_NE(accepted->peer.port, 0);
  backend.Discard(accepted->handle);
  CloseAndWait(listener);
}

TEST_P(PostedAccepts, ADiscardedPeerIsToldSo) {
  Socket listener = Listen(1);
  const auto peer = Dial();
  const auto accepted = Await(Kind::kAccepted, listener.token);
  ASSERT_TRUE(accepted);
  backend.Discard(accepted->handle);
  EXPECT_EQ(PeerReceives(*peer, 0), "");
  EXPECT_TRUE(peer->ended() || peer->was_reset());
  CloseAndWait(listener);
}

TEST_P(PostedAccepts, APeerThatGaveUpDoesNotKeepOthersOut) {
  Socket listener = Listen(0);
  const auto impatient = Dial();
  impatient->Reset();
  const auto patient = Dial();
  ASSERT_EQ(patient->Send("here"), 4U);
  backend.PostAccepts(listener, 2);
  std::string received;
  for (const Completion& each : CollectFor(30)) {
    Socket socket = Attach(each.handle);
    received += ReceiveBytes(socket, 4);
    CloseAndWait(socket);
  }
  EXPECT_EQ(received, "here");
  CloseAndWait(listener);
}

TEST_P(PostedAccepts, ClosingTheListenerRefusesThoseWhoWait) {
  Socket listener = Listen(0);
  const auto peer = Dial();
  ExpectQuiet();
  CloseAndWait(listener);
  EXPECT_EQ(PeerReceives(*peer, 0), "");
  EXPECT_TRUE(peer->was_reset());
  ExpectQuiet();
}

TEST_P(PostedAccepts, EndSilentlyWithTheListener) {
  Socket listener = Listen(10);
  CloseAndWait(listener);
  EXPECT_EQ(Dial(), nullptr);
  ExpectQuiet();
}

TEST_P(PostedAccepts, BelongToTheirOwnListener) {
  Socket first = Listen(1);
  const Endpoint first_at = listening_at;
  Socket second = Listen(1);
  const auto peer_of_second = Dial();
  const auto peer_of_first = world->Dial(first_at);
  for (Socket* listener : {&first, &second}) {
    const auto accepted = Await(Kind::kAccepted, listener->token);
    ASSERT_TRUE(accepted);
    Socket socket = Attach(accepted->handle);
    (listener == &first ? peer_of_first : peer_of_second)->Send("x");
    EXPECT_EQ(ReceiveBytes(socket, 1), "x");
    CloseAndWait(socket);
    CloseAndWait(*listener);
  }
}

}  // namespace
}  // namespace hp::sys
