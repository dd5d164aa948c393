// SPDX-License-Identifier: Apache-2.0
#include "backend_fixture.h"

namespace hp::sys {
namespace {

HP_BACKEND_SUITE(Sending);

TEST_P(Sending, SmallTransientBytesAreTakenAtOnce) {
  Pair pair = Accepted();
  const SendResult result = Send(pair.socket, "x");
  EXPECT_EQ(result.bytes, 1U);
  EXPECT_FALSE(result.pending);
  EXPECT_EQ(result.error, ErrorCode::kOk);
  EXPECT_EQ(PeerReceives(*pair.peer, 1), "x");
  CloseAndWait(pair.socket);
}

TEST_P(Sending, NoBytesAreTakenAtOnceToo) {
  Pair pair = Accepted();
  const SendResult result = Send(pair.socket, "");
  EXPECT_EQ(result.bytes, 0U);
  EXPECT_FALSE(result.pending);
  EXPECT_EQ(result.error, ErrorCode::kOk);
  CloseAndWait(pair.socket);
}

TEST_P(Sending, PartsLeaveInTheirOrder) {
  Pair pair = Accepted();
  const std::array<std::span<const std::byte>, 5> parts{
      AsBytes("one "), AsBytes(""), AsBytes("two "), AsBytes("three "), AsBytes("four")};
  const SendResult result = backend.Send(pair.socket, parts, SendMemory::kTransient);
  EXPECT_EQ(result.bytes, 18U);
  EXPECT_FALSE(result.pending);
  EXPECT_EQ(PeerReceives(*pair.peer, 18), "one two three four");
  CloseAndWait(pair.socket);
}

TEST_P(Sending, OfVeryManyPartsARestMayBeGivenAgain) {
  Pair pair = Accepted();
  const std::string bytes = Pattern(5000);
  std::vector<std::span<const std::byte>> parts;
  for (std::size_t at = 0; at < bytes.size(); at += 10) {
    parts.push_back(AsBytes(bytes).subspan(at, 10));
  }
  std::span<const std::span<const std::byte>> rest = parts;
  while (!rest.empty()) {
    const SendResult result = backend.Send(pair.socket, rest, SendMemory::kTransient);
    ASSERT_FALSE(result.pending);
    ASSERT_NE(result.bytes, 0U);
    ASSERT_EQ(result.bytes % 10, 0U);
    rest = rest.subspan(result.bytes / 10);
  }
  EXPECT_EQ(PeerReceives(*pair.peer, bytes.size()), bytes);
  CloseAndWait(pair.socket);
}

TEST_P(Sending, AFullBufferIsFollowedByKSentOnceThePeerReads) {
  world->KeepBuffersSmall();
  Pair pair = Accepted();
  const std::string bytes = Pattern(1 << 20);
  std::string received;
  SendAll(pair.socket, bytes, *pair.peer, received);
  received += PeerReceives(*pair.peer, bytes.size() - received.size());
  EXPECT_TRUE(received == bytes);
  CloseAndWait(pair.socket);
}

TEST_P(Sending, WhatDoesNotFitStaysPendingWhileThePeerDoesNotRead) {
  world->KeepBuffersSmall();
  Pair pair = Accepted();
  const std::string bytes = Pattern(4 << 20);
  const SendResult result = Send(pair.socket, bytes, SendMemory::kStable);
  ASSERT_TRUE(result.pending);
  ASSERT_LT(result.bytes, bytes.size());
  EXPECT_EQ(result.error, ErrorCode::kOk);
  std::string_view rest = std::string_view(bytes).substr(result.bytes);
  // The system may find a little more room by itself, but not for all.
  for (const Completion& each : CollectFor(20)) {
    ASSERT_EQ(each.kind, Kind::kSent);
    rest.remove_prefix(each.bytes);
    const SendResult again = Send(pair.socket, rest, SendMemory::kStable);
    ASSERT_TRUE(again.pending);
    rest.remove_prefix(again.bytes);
  }
  EXPECT_FALSE(rest.empty());
  CloseAndWait(pair.socket, true);
}

TEST_P(Sending, TransientBytesThatFindNoRoomAreNotHeld) {
  world->KeepBuffersSmall();
  Pair pair = Accepted();
  const std::string bytes = Pattern(1 << 20);
  std::string transient = bytes;
  const SendResult result = Send(pair.socket, transient);
  transient.assign(transient.size(), '!');
  ASSERT_LT(result.bytes, bytes.size());
  std::string received;
  if (result.pending) {
    received += pair.peer->Receive();
    while (received.empty()) received += PeerReceives(*pair.peer, 1);
    const auto sent = Await(Kind::kSent, pair.socket.token);
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->bytes, 0U);
  }
  SendAll(pair.socket, std::string_view(bytes).substr(result.bytes), *pair.peer, received);
  received += PeerReceives(*pair.peer, bytes.size() - received.size());
  EXPECT_TRUE(received == bytes);
  CloseAndWait(pair.socket);
}

TEST_P(Sending, BothDirectionsGoOnAtOnce) {
  world->KeepBuffersSmall();
  Pair pair = Dialled();
  const std::string out = Pattern(200'000);
  const std::string in = out.substr(1000) + out.substr(0, 1000);
  std::string peer_received;
  std::string received;
  std::string_view to_send = out;
  std::string_view from_peer = in;
  bool pending = false;
  while (received.size() < in.size() || peer_received.size() < out.size()) {
    from_peer.remove_prefix(pair.peer->Send(from_peer));
    peer_received += pair.peer->Receive();
    if (!pending && !to_send.empty()) {
      const SendResult result = Send(pair.socket, to_send, SendMemory::kStable);
      to_send.remove_prefix(result.bytes);
      pending = result.pending;
    }
    for (const Completion& each : CollectFor(1)) {
      if (each.kind == Kind::kReadable) {
        received += ReceiveAll(pair.socket, 1000);
      } else if (pending) {
        ASSERT_EQ(each.error, ErrorCode::kOk);
        to_send.remove_prefix(each.bytes);
        pending = false;
      }
    }
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_TRUE(received == in);
  EXPECT_TRUE(peer_received == out);
  CloseAndWait(pair.socket);
}

}  // namespace
}  // namespace hp::sys
