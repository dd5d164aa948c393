// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>

#include "native_socket.h"
#include "open_socket.h"
#include "plain_calls.h"
#include "sys/datagram_socket.h"

namespace hp::sys {
namespace {

constexpr Endpoint kAnyIPv4{.family = Family::kIPv4};

Endpoint Loopback(std::uint16_t port = 0) {
  return {.address = {127, 0, 0, 1}, .port = port, .family = Family::kIPv4};
}

// What arrives before patience ends.
std::vector<Datagram> AwaitDatagrams(Handle handle) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  std::vector<Datagram> datagrams;
  while (datagrams.empty() && std::chrono::steady_clock::now() < deadline) {
    datagrams = PlainReceiveFrom(handle);
  }
  return datagrams;
}

TEST(DatagramSocket, DoesNotBlockAndHasNoOptionThatWasNotAskedFor) {
  OpenSocket socket;
  ASSERT_FALSE(OpenDatagram(Family::kIPv4, {}, socket.handle));
  ASSERT_FALSE(Bind(socket.handle, Loopback()));
  EXPECT_TRUE(PlainReceiveFrom(socket.handle).empty());
  EXPECT_EQ(socket.Option(SOL_SOCKET, SO_BROADCAST), 0);
  EXPECT_EQ(socket.Option(SOL_SOCKET, SO_TYPE), SOCK_DGRAM);
}

TEST(DatagramSocket, HasTheOptionsAskedFor) {
  OpenSocket socket;
  SocketOptions options;
  options.broadcast = true;
  options.receive_buffer_bytes = 100'000;
  options.send_buffer_bytes = 50'000;
  ASSERT_FALSE(OpenDatagram(Family::kIPv4, options, socket.handle));
  EXPECT_NE(socket.Option(SOL_SOCKET, SO_BROADCAST), 0);
  // Linux counts what it needs itself too.
  EXPECT_GE(socket.Option(SOL_SOCKET, SO_RCVBUF), 100'000);
  EXPECT_LE(socket.Option(SOL_SOCKET, SO_RCVBUF), 200'000);
  EXPECT_GE(socket.Option(SOL_SOCKET, SO_SNDBUF), 50'000);
  EXPECT_LE(socket.Option(SOL_SOCKET, SO_SNDBUF), 100'000);
}

TEST(DatagramSocket, NamesTheCallThatRefusedAnOption) {
  OpenSocket socket;
  SocketOptions options;
  options.raw.push_back({.level = 12'345, .name = 1, .value = std::vector<std::byte>(4)});
  const Failure failure = OpenDatagram(Family::kIPv4, options, socket.handle);
  EXPECT_TRUE(failure);
  EXPECT_STREQ(failure.call, "setsockopt");
  EXPECT_EQ(socket.handle, kNoHandle);
}

TEST(DatagramSocket, TakesIPv4WhenDualStackAndOnlyThen) {
  for (const bool dual_stack : {true, false}) {
    OpenSocket socket;
    SocketOptions options;
    options.dual_stack = dual_stack;
    ASSERT_FALSE(OpenDatagram(Family::kIPv6, options, socket.handle));
    EXPECT_EQ(socket.Option(IPPROTO_IPV6, IPV6_V6ONLY) == 0, dual_stack);
  }
}

TEST(DatagramSocket, HasItsPortToItself) {
  OpenSocket first;
  OpenSocket second;
  SocketOptions options;
  options.reuse = Reuse::kNone;
  ASSERT_FALSE(OpenDatagram(Family::kIPv4, options, first.handle));
  ASSERT_FALSE(Bind(first.handle, Loopback()));
  ASSERT_FALSE(OpenDatagram(Family::kIPv4, options, second.handle));
  const Failure failure = Bind(second.handle, first.Local());
  EXPECT_EQ(failure.error, ErrorCode::kAddressInUse);
  EXPECT_STREQ(failure.call, "bind");
}

TEST(DatagramSocket, KnowsItsPeerOnceConnected) {
  OpenSocket peer;
  ASSERT_FALSE(OpenDatagram(Family::kIPv4, {}, peer.handle));
  ASSERT_FALSE(Bind(peer.handle, Loopback()));
  OpenSocket socket;
  ASSERT_FALSE(OpenDatagram(Family::kIPv4, {}, socket.handle));
  ASSERT_FALSE(ConnectDatagram(socket.handle, peer.Local()));
  Endpoint found;
  EXPECT_EQ(PeerEndpoint(socket.handle, found), ErrorCode::kOk);
  EXPECT_TRUE(found == peer.Local());
  // Connecting has bound it.
  EXPECT_NE(socket.Local().port, 0);
}

TEST(DatagramSocket, SaysWhyItCannotBeConnected) {
  OpenSocket socket;
  ASSERT_FALSE(OpenDatagram(Family::kIPv4, {}, socket.handle));
  const Failure failure = ConnectDatagram(socket.handle, {.port = 9, .family = Family::kIPv6});
  EXPECT_TRUE(failure);
  EXPECT_STREQ(failure.call, "connect");
}

TEST(Group, IsHeardByItsMembers) {
  OpenSocket socket;
  ASSERT_FALSE(OpenDatagram(Family::kIPv4, {}, socket.handle));
  ASSERT_FALSE(Bind(socket.handle, kAnyIPv4));
  Endpoint group{.address = {239, 7, 7, 7}, .family = Family::kIPv4};
  ASSERT_FALSE(
      JoinGroup(socket.handle, {.group = group, .via = Loopback(), .ttl = 1, .loop = true}));
  group.port = socket.Local().port;
  PlainSendTo(socket.handle, group, "to all");
  const std::vector<Datagram> received = AwaitDatagrams(socket.handle);
  ASSERT_EQ(received.size(), 1U);
  EXPECT_EQ(received[0].bytes, "to all");
  EXPECT_TRUE(received[0].peer == Loopback(group.port));
}

TEST(Group, IsSentToAsFarAsAskedForAndHeardHereWhereThatIsAskedFor) {
  for (const bool loop : {false, true}) {
    OpenSocket socket;
    ASSERT_FALSE(OpenDatagram(Family::kIPv4, {}, socket.handle));
    ASSERT_FALSE(Bind(socket.handle, kAnyIPv4));
    const Endpoint group{.address = {239, 7, 7, 7}, .family = Family::kIPv4};
    ASSERT_FALSE(
        JoinGroup(socket.handle, {.group = group, .via = Loopback(), .ttl = 7, .loop = loop}));
    EXPECT_EQ(socket.Option(IPPROTO_IP, IP_MULTICAST_TTL), 7);
    EXPECT_EQ(socket.Option(IPPROTO_IP, IP_MULTICAST_LOOP) != 0, loop);
  }
}

TEST(Group, OfIPv6IsJoinedByTheAddressOfAnInterface) {
  OpenSocket socket;
  ASSERT_FALSE(OpenDatagram(Family::kIPv6, {}, socket.handle));
  ASSERT_FALSE(Bind(socket.handle, {.family = Family::kIPv6}));
  const auto group = ParseAddress("ff02::7777", 0);
  const auto via = ParseAddress("::1", 0);
  ASSERT_TRUE(group && via);
  const Failure failure =
      JoinGroup(socket.handle, {.group = *group, .via = *via, .ttl = 3, .loop = true});
  EXPECT_FALSE(failure) << static_cast<int>(failure.error);
  EXPECT_EQ(socket.Option(IPPROTO_IPV6, IPV6_MULTICAST_HOPS), 3);
  EXPECT_NE(socket.Option(IPPROTO_IPV6, IPV6_MULTICAST_IF), 0);
}

TEST(Group, CannotBeJoinedOverAnAddressThatIsNotHere) {
  OpenSocket socket;
  ASSERT_FALSE(OpenDatagram(Family::kIPv6, {}, socket.handle));
  const auto group = ParseAddress("ff02::7777", 0);
  const auto via = ParseAddress("2001:db8::1", 0);
  const Failure failure = JoinGroup(socket.handle, {.group = *group, .via = *via});
  EXPECT_EQ(failure.error, ErrorCode::kAddressNotAvailable);
}

TEST(Group, HasAnAddressOfItsKind) {
  OpenSocket socket;
  ASSERT_FALSE(OpenDatagram(Family::kIPv4, {}, socket.handle));
  const Failure failure = JoinGroup(socket.handle, {.group = Loopback()});
  EXPECT_TRUE(failure);
  EXPECT_STREQ(failure.call, "setsockopt");
}

}  // namespace
}  // namespace hp::sys
