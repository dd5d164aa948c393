// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "native_socket.h"
#include "open_socket.h"

namespace hp::sys {
namespace {

TEST(StreamSocket, HasTheOptionsAskedFor) {
  OpenSocket socket;
  SocketOptions options;
  options.keep_alive = {.time_ms = 60'000, .interval_ms = 20'500, .count = 3};
  ASSERT_FALSE(OpenStream(Family::kIPv4, options, socket.handle));
  EXPECT_NE(socket.Option(IPPROTO_TCP, TCP_NODELAY), 0);
  EXPECT_NE(socket.Option(SOL_SOCKET, SO_KEEPALIVE), 0);
}

TEST(StreamSocket, HasItsAddressToItselfUnlessItIsToBeShared) {
  for (const Reuse reuse : {Reuse::kNone, Reuse::kAddress, Reuse::kAddressAndPort}) {
    OpenSocket socket;
    SocketOptions options;
    options.reuse = reuse;
    ASSERT_FALSE(OpenStream(Family::kIPv4, options, socket.handle));
    const bool shared = reuse == Reuse::kAddressAndPort;
    EXPECT_EQ(socket.Option(SOL_SOCKET, SO_EXCLUSIVEADDRUSE) == 0, shared);
    EXPECT_EQ(socket.Option(SOL_SOCKET, SO_REUSEADDR) != 0, shared);
  }
}

TEST(StreamSocket, HasNoneThatWereNotAskedFor) {
  OpenSocket socket;
  SocketOptions options;
  options.no_delay = false;
  ASSERT_FALSE(OpenStream(Family::kIPv4, options, socket.handle));
  EXPECT_EQ(socket.Option(IPPROTO_TCP, TCP_NODELAY), 0);
  EXPECT_EQ(socket.Option(SOL_SOCKET, SO_KEEPALIVE), 0);
}

TEST(StreamSocket, TakesAnyKeepAlive) {
  for (const std::uint32_t ms : {1U, 1000U, 86'400'000U, UINT32_MAX}) {
    OpenSocket socket;
    SocketOptions options;
    options.keep_alive = {.time_ms = ms, .interval_ms = ms, .count = ms};
    EXPECT_FALSE(OpenStream(Family::kIPv4, options, socket.handle)) << ms;
  }
}

}  // namespace
}  // namespace hp::sys
