// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "contexts.h"
#include "conversation.h"

namespace hp::tls {
namespace {

constexpr FilterOptions kHasty = {.handshake_timeout_ms = 1234};

TEST(HandshakeDeadline, IsSetAtTheStart) {
  const FilterPeer server(ContextOf(ServerConfig()), HP_FILTER_SERVER, kHasty);
  EXPECT_EQ(server.host.deadline_ms, 1234U);
}

TEST(HandshakeDeadline, IsTakenBackAtTheEnd) {
  FilterPeer server(ContextOf(ServerConfig()), HP_FILTER_SERVER, kHasty);
  FilterPeer client(ContextOf(ClientConfig()), HP_FILTER_CLIENT, kHasty, "localhost");
  Link(server, client).Settle();
  EXPECT_TRUE(server.is_ready());
  EXPECT_TRUE(client.is_ready());
  EXPECT_EQ(server.host.deadline_ms, 0U);
  EXPECT_EQ(client.host.deadline_ms, 0U);
}

TEST(HandshakeDeadline, DoesNotHastenPlainText) {
  const FilterOptions options = {.starts_by_itself = false, .handshake_timeout_ms = 1234};
  FilterPeer server(ContextOf(ServerConfig()), HP_FILTER_SERVER, options);
  EXPECT_EQ(server.host.deadline_ms, 0U);
  server.Command(Order::kStartHandshake);
  EXPECT_EQ(server.host.deadline_ms, 1234U);
}

TEST(HandshakeDeadline, ClosesTheConnection) {
  FilterPeer server(ContextOf(ServerConfig()), HP_FILTER_SERVER, kHasty);
  server.Give("\x16");
  server.Deadline();
  EXPECT_EQ(server.outcome(), -110);
  EXPECT_EQ(server.failure(), "the TLS handshake took too long");
}

TEST(HandshakeDeadline, ClosesAConnectionThatAsks) {
  const FilterOptions options = {.handshake_timeout_ms = 1234, .asks_server_name = true};
  FilterPeer server(ContextOf(ServerConfig()), HP_FILTER_SERVER, options);
  FilterPeer client(ContextOf(ClientConfig()), HP_FILTER_CLIENT, {}, "localhost");
  Link(server, client).Settle();
  EXPECT_EQ(server.host.deadline_ms, 1234U);
  server.Deadline();
  EXPECT_EQ(server.outcome(), -110);
}

}  // namespace
}  // namespace hp::tls
