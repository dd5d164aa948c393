// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>

#include "error_code_text.h"
#include "native_socket.h"
#include "open_socket.h"
#include "sys/stream_socket.h"
#include "world.h"

namespace hp::sys {
namespace {

Endpoint Loopback(std::uint16_t port = 0) {
  return {.address = {127, 0, 0, 1}, .port = port, .family = Family::kIPv4};
}

TEST(StreamSocket, AppliesRawOptionsLast) {
  OpenSocket socket;
  SocketOptions options;
  const int off = 0;
  RawOption raw{.level = IPPROTO_TCP, .name = TCP_NODELAY, .value = {}};
  const auto bytes = std::as_bytes(std::span(&off, 1));
  raw.value.assign(bytes.begin(), bytes.end());
  options.raw.push_back(raw);
  ASSERT_FALSE(OpenStream(Family::kIPv4, options, socket.handle));
  EXPECT_EQ(socket.Option(IPPROTO_TCP, TCP_NODELAY), 0);
}

TEST(StreamSocket, NamesTheCallThatRefusedAnOption) {
  OpenSocket socket;
  SocketOptions options;
  options.raw.push_back({.level = 12'345, .name = 1, .value = std::vector<std::byte>(4)});
  const Failure failure = OpenStream(Family::kIPv4, options, socket.handle);
  EXPECT_TRUE(failure);
  EXPECT_STREQ(failure.call, "setsockopt");
  EXPECT_EQ(socket.handle, kNoHandle);
}

TEST(StreamSocket, TakesIPv4OnADualStackListener) {
  OpenSocket listener;
  SocketOptions options;
  options.dual_stack = true;
  ASSERT_FALSE(OpenStream(Family::kIPv6, options, listener.handle));
  ASSERT_FALSE(Bind(listener.handle, {.family = Family::kIPv6}));
  ASSERT_FALSE(StartListening(listener.handle, 5));
  OpenSocket socket;
  const SocketOptions plain;
  EXPECT_FALSE(ConnectBlocking({.peer = Loopback(listener.Local().port), .options = &plain}, 1000,
                               socket.handle));
}

TEST(StreamSocket, KeepsAnIPv6ListenerToItselfOtherwise) {
  OpenSocket listener;
  ASSERT_FALSE(OpenStream(Family::kIPv6, {}, listener.handle));
  EXPECT_EQ(listener.Option(IPPROTO_IPV6, IPV6_V6ONLY), 1);
}

TEST(Bind, OfAnAddressInUseSaysSo) {
  OpenSocket first;
  OpenSocket second;
  SocketOptions options;
  options.reuse = Reuse::kNone;
  ASSERT_FALSE(OpenStream(Family::kIPv4, options, first.handle));
  ASSERT_FALSE(Bind(first.handle, Loopback()));
  ASSERT_FALSE(OpenStream(Family::kIPv4, options, second.handle));
  const Failure failure = Bind(second.handle, first.Local());
  EXPECT_EQ(failure.error, ErrorCode::kAddressInUse);
  EXPECT_STREQ(failure.call, "bind");
}

TEST(Bind, OfAnAddressOfAnotherHostSaysSo) {
  OpenSocket socket;
  ASSERT_FALSE(OpenStream(Family::kIPv4, {}, socket.handle));
  const auto elsewhere = ParseAddress("192.0.2.1", 0);
  EXPECT_EQ(Bind(socket.handle, *elsewhere).error, ErrorCode::kAddressNotAvailable);
}

TEST(Listening, TakesAnyQueueLength) {
  for (const std::uint32_t backlog : {0U, 1U, 4096U, UINT32_MAX}) {
    OpenSocket socket;
    ASSERT_FALSE(OpenStream(Family::kIPv4, {}, socket.handle));
    ASSERT_FALSE(Bind(socket.handle, Loopback()));
    EXPECT_FALSE(StartListening(socket.handle, backlog));
  }
}

TEST(BlockingConnect, ConnectsFromTheAddressAskedFor) {
  const auto world = SystemWorld().make();
  OpenSocket socket;
  const SocketOptions options;
  const Endpoint local = world->Own();
  ASSERT_FALSE(ConnectBlocking({.peer = world->Answering(), .local = local, .options = &options},
                               1000, socket.handle));
  EXPECT_EQ(socket.Local(), local);
  Endpoint peer;
  ASSERT_EQ(PeerEndpoint(socket.handle, peer), ErrorCode::kOk);
  EXPECT_EQ(peer, world->Answering());
}

TEST(BlockingConnect, SaysWhenItIsRefused) {
  const auto world = SystemWorld().make();
  Handle handle = kNoHandle;
  const SocketOptions options;
  const Failure failure =
      ConnectBlocking({.peer = world->Refusing(), .options = &options}, 1000, handle);
  EXPECT_EQ(failure.error, ErrorCode::kConnectionRefused);
  EXPECT_STREQ(failure.call, "connect");
}

TEST(BlockingConnect, WaitsNoLongerThanItMay) {
  const auto world = SystemWorld().make();
  Handle handle = kNoHandle;
  const SocketOptions options;
  const auto start = std::chrono::steady_clock::now();
  const Failure failure =
      ConnectBlocking({.peer = world->Silent(), .options = &options}, 60, handle);
  const auto took = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(failure.error, ErrorCode::kTimedOut);
  EXPECT_GE(took, std::chrono::milliseconds(60));
  EXPECT_LT(took, std::chrono::milliseconds(900));
}

TEST(Questions, AboutNoSocketAreAnsweredWithAnError) {
  Endpoint endpoint;
  RawOption option{.level = SOL_SOCKET, .name = SO_TYPE, .value = std::vector<std::byte>(4)};
  std::int32_t argument = 0;
  EXPECT_NE(LocalEndpoint(kNoHandle, endpoint), ErrorCode::kOk);
  EXPECT_NE(PeerEndpoint(kNoHandle, endpoint), ErrorCode::kOk);
  EXPECT_NE(GetOption(kNoHandle, option), ErrorCode::kOk);
  EXPECT_NE(SetOption(kNoHandle, option), ErrorCode::kOk);
  EXPECT_NE(Control(kNoHandle, FIONREAD, argument), ErrorCode::kOk);
}

TEST(Questions, HowMuchIsBufferedAreAnswered) {
  const auto world = SystemWorld().make();
  OpenSocket socket;
  const SocketOptions options;
  ASSERT_FALSE(
      ConnectBlocking({.peer = world->Answering(), .options = &options}, 1000, socket.handle));
  const auto peer = world->TakeDialled();
  ASSERT_EQ(peer->Send("12345"), 5U);
  std::int32_t buffered = 0;
  EXPECT_EQ(Control(socket.handle, FIONREAD, buffered), ErrorCode::kOk);
  EXPECT_EQ(buffered, 5);
}

}  // namespace
}  // namespace hp::sys
