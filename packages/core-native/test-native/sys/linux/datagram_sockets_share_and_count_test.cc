// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "native_socket.h"
#include "open_socket.h"
#include "plain_calls.h"
#include "sys/datagram_socket.h"

namespace hp::sys {
namespace {

Endpoint Loopback(std::uint16_t port = 0) {
  return {.address = {127, 0, 0, 1}, .port = port, .family = Family::kIPv4};
}

TEST(SharedPort, HasEachPeerReachAlwaysTheSameSocket) {
  SocketOptions options;
  options.reuse = Reuse::kNone;
  OpenSocket first;
  ASSERT_FALSE(OpenDatagram(Family::kIPv4, options, first.handle));
  ASSERT_FALSE(Bind(first.handle, Loopback()));
  ASSERT_FALSE(SharePort(first.handle));
  OpenSocket second;
  ASSERT_FALSE(OpenDatagram(Family::kIPv4, options, second.handle));
  ASSERT_FALSE(SharePort(second.handle));
  ASSERT_FALSE(Bind(second.handle, first.Local()));
  const Endpoint at = first.Local();
  constexpr std::size_t kPeers = 40;
  std::array<OpenSocket, kPeers> peers;
  for (OpenSocket& each : peers) {
    ASSERT_FALSE(OpenDatagram(Family::kIPv4, {}, each.handle));
    ASSERT_FALSE(Bind(each.handle, Loopback()));
  }
  for (int round = 0; round < 3; ++round) {
    for (const OpenSocket& each : peers) PlainSendTo(each.handle, at, "x");
  }
  std::map<std::uint16_t, std::array<int, 2>> found;
  for (const Datagram& each : PlainReceiveFrom(first.handle)) ++found[each.peer.port][0];
  for (const Datagram& each : PlainReceiveFrom(second.handle)) ++found[each.peer.port][1];
  EXPECT_EQ(found.size(), kPeers);
  std::array<int, 2> served{};
  for (const auto& [port, counts] : found) {
    EXPECT_EQ(std::max(counts[0], counts[1]), 3);
    EXPECT_EQ(std::min(counts[0], counts[1]), 0);
    ++served[counts[0] == 0];
  }
  EXPECT_GT(served[0], 0);
  EXPECT_GT(served[1], 0);
}

TEST(SharedPort, IsReadWithoutWhatCameBeforeAllWereBound) {
  SocketOptions options;
  options.reuse = Reuse::kNone;
  OpenSocket first;
  ASSERT_FALSE(OpenDatagram(Family::kIPv4, options, first.handle));
  ASSERT_FALSE(Bind(first.handle, Loopback()));
  const Endpoint at = first.Local();
  for (const char* bytes : {"one", "", "three"}) PlainSendTo(first.handle, at, bytes);
  DiscardArrived(first.handle);
  PlainSendTo(first.handle, at, "four");
  const std::vector<Datagram> left = PlainReceiveFrom(first.handle);
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].bytes, "four");
}

TEST(SharedPort, IsSharedByThoseWhoSaySoOnly) {
  SocketOptions options;
  options.reuse = Reuse::kNone;
  OpenSocket first;
  ASSERT_FALSE(OpenDatagram(Family::kIPv4, options, first.handle));
  ASSERT_FALSE(Bind(first.handle, Loopback()));
  ASSERT_FALSE(SharePort(first.handle));
  OpenSocket second;
  ASSERT_FALSE(OpenDatagram(Family::kIPv4, options, second.handle));
  EXPECT_EQ(Bind(second.handle, first.Local()).error, ErrorCode::kAddressInUse);
}

TEST(Groups, OfOnePortAreKeptApart) {
  SocketOptions options;
  options.reuse = Reuse::kAddressAndPort;
  std::array<OpenSocket, 2> members;
  std::array<Endpoint, 2> groups = {Endpoint{.address = {239, 7, 7, 1}, .family = Family::kIPv4},
                                    Endpoint{.address = {239, 7, 7, 2}, .family = Family::kIPv4}};
  Endpoint at{.family = Family::kIPv4};
  for (std::size_t i = 0; i < 2; ++i) {
    ASSERT_FALSE(OpenDatagram(Family::kIPv4, options, members[i].handle));
    ASSERT_FALSE(Bind(members[i].handle, at));
    at.port = members[i].Local().port;
    ASSERT_FALSE(
        JoinGroup(members[i].handle, {.group = groups[i], .via = Loopback(), .loop = true}));
    groups[i].port = at.port;
  }
  PlainSendTo(members[0].handle, groups[0], "to the first");
  PlainSendTo(members[0].handle, groups[1], "to the second");
  const std::vector<Datagram> first = PlainReceiveFrom(members[0].handle);
  const std::vector<Datagram> second = PlainReceiveFrom(members[1].handle);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].bytes, "to the first");
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].bytes, "to the second");
}

TEST(LostDatagrams, AreCounted) {
  OpenSocket socket;
  SocketOptions options;
  options.receive_buffer_bytes = 4096;
  ASSERT_FALSE(OpenDatagram(Family::kIPv4, options, socket.handle));
  ASSERT_FALSE(Bind(socket.handle, Loopback()));
  EXPECT_EQ(LostDatagrams(socket.handle), 0U);
  constexpr std::size_t kSent = 100;
  for (std::size_t i = 0; i < kSent; ++i) {
    PlainSendTo(socket.handle, socket.Local(), std::string(500, 'x'));
  }
  const std::uint64_t lost = LostDatagrams(socket.handle);
  EXPECT_GT(lost, 0U);
  EXPECT_EQ(PlainReceiveFrom(socket.handle).size() + lost, kSent);
}

}  // namespace
}  // namespace hp::sys
