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
  options.unsent_limit = 65'536;
  options.reuse = Reuse::kAddressAndPort;
  ASSERT_FALSE(OpenStream(Family::kIPv4, options, socket.handle));
  EXPECT_NE(socket.Option(IPPROTO_TCP, TCP_NODELAY), 0);
  EXPECT_NE(socket.Option(SOL_SOCKET, SO_KEEPALIVE), 0);
  EXPECT_EQ(socket.Option(IPPROTO_TCP, TCP_KEEPIDLE), 60);
  EXPECT_EQ(socket.Option(IPPROTO_TCP, TCP_KEEPINTVL), 21);
  EXPECT_EQ(socket.Option(IPPROTO_TCP, TCP_KEEPCNT), 3);
  EXPECT_EQ(socket.Option(IPPROTO_TCP, TCP_NOTSENT_LOWAT), 65'536);
  EXPECT_NE(socket.Option(SOL_SOCKET, SO_REUSEADDR), 0);
  EXPECT_NE(socket.Option(SOL_SOCKET, SO_REUSEPORT), 0);
}

TEST(StreamSocket, HasNoneThatWereNotAskedFor) {
  OpenSocket socket;
  SocketOptions options;
  options.no_delay = false;
  options.reuse = Reuse::kNone;
  ASSERT_FALSE(OpenStream(Family::kIPv4, options, socket.handle));
  EXPECT_EQ(socket.Option(IPPROTO_TCP, TCP_NODELAY), 0);
  EXPECT_EQ(socket.Option(SOL_SOCKET, SO_KEEPALIVE), 0);
  EXPECT_EQ(socket.Option(SOL_SOCKET, SO_REUSEADDR), 0);
}

TEST(StreamSocket, TakesTheLongestKeepAliveThereIsForALongerOne) {
  for (const std::uint32_t ms : {32'767'000U, 32'768'000U, 86'400'000U, UINT32_MAX}) {
    OpenSocket socket;
    SocketOptions options;
    options.keep_alive = {.time_ms = ms, .interval_ms = ms, .count = ms};
    ASSERT_FALSE(OpenStream(Family::kIPv4, options, socket.handle)) << ms;
    EXPECT_EQ(socket.Option(IPPROTO_TCP, TCP_KEEPIDLE), 32'767);
    EXPECT_EQ(socket.Option(IPPROTO_TCP, TCP_KEEPINTVL), 32'767);
    EXPECT_EQ(socket.Option(IPPROTO_TCP, TCP_KEEPCNT), 127);
  }
}

TEST(StreamSocket, LeavesTheKeepAliveCountToTheSystemWhenThereIsNone) {
  OpenSocket socket;
  SocketOptions options;
  options.keep_alive = {.time_ms = 1000, .interval_ms = 1000};
  ASSERT_FALSE(OpenStream(Family::kIPv4, options, socket.handle));
  EXPECT_GT(socket.Option(IPPROTO_TCP, TCP_KEEPCNT), 0);
}

}  // namespace
}  // namespace hp::sys
