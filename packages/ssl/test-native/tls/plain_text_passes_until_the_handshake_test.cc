// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "contexts.h"
#include "conversation.h"

namespace hp::tls {
namespace {

class PlainText : public ::testing::Test {
 protected:
  static constexpr FilterOptions kByOrder = {.starts_by_itself = false};

  FilterPeer server{ContextOf(ServerConfig()), HP_FILTER_SERVER, kByOrder};
  FilterPeer client{ContextOf(ClientConfig()), HP_FILTER_CLIENT, kByOrder, "localhost"};
  Link link{server, client};
};

TEST_F(PlainText, IsPermittedAtOnce) {
  EXPECT_EQ(server.host.permits, 1);
  EXPECT_EQ(client.host.permits, 1);
  EXPECT_FALSE(server.is_ready());
  EXPECT_EQ(client.host.wire, "");
}

TEST_F(PlainText, IsNotPermittedWhereTheHandshakeStartsByItself) {
  const FilterPeer other(ContextOf(ServerConfig()), HP_FILTER_SERVER);
  EXPECT_EQ(other.host.permits, 0);
}

TEST_F(PlainText, PassesBothWaysAsItIs) {
  client.Send({"STARTTLS", "\r\n"});
  server.Send("220 ready\r\n");
  EXPECT_EQ(client.host.wire, "STARTTLS\r\n");
  link.Settle();
  EXPECT_EQ(server.host.plain, "STARTTLS\r\n");
  EXPECT_EQ(client.host.plain, "220 ready\r\n");
}

TEST_F(PlainText, IsFollowedByTheHandshake) {
  client.Send("STARTTLS");
  link.Settle();
  server.Send("go on");
  server.Command(Order::kStartHandshake);
  link.Settle();
  client.Command(Order::kStartHandshake);
  link.Settle();
  EXPECT_TRUE(server.is_ready());
  EXPECT_TRUE(client.is_ready());
  client.Send("under TLS");
  link.Settle();
  EXPECT_EQ(server.host.plain, "STARTTLSunder TLS");
  EXPECT_EQ(client.host.plain, "go on");
}

TEST_F(PlainText, WaitsWhereThereIsNoRoom) {
  server.host.plain_stock = 5;
  client.Send("more than five bytes");
  link.Settle();
  EXPECT_TRUE(server.has_more());
  EXPECT_EQ(server.host.plain, "more ");
  server.host.plain_stock = TestHost::kUnlimited;
  server.Resume();
  EXPECT_FALSE(server.has_more());
  EXPECT_EQ(server.host.plain, "more than five bytes");
}

TEST_F(PlainText, IsFollowedByOneHandshakeHoweverOftenItIsOrdered) {
  server.Command(Order::kStartHandshake);
  client.Command(Order::kStartHandshake);
  client.Command(Order::kStartHandshake);
  link.Settle();
  server.Command(Order::kStartHandshake);
  link.Settle();
  EXPECT_EQ(server.host.readies, 1);
  EXPECT_EQ(client.host.readies, 1);
  EXPECT_EQ(server.outcome(), 0);
}

TEST_F(PlainText, EndsWithoutANotice) {
  server.Finish();
  EXPECT_EQ(server.host.wire, "");
  EXPECT_EQ(server.outcome(), 0);
}

TEST_F(PlainText, IsNoTlsForWhoExpectsIt) {
  server.Command(Order::kStartHandshake);
  client.Send("EHLO localhost\r\n");
  link.Settle();
  EXPECT_EQ(server.outcome(), -74);
  EXPECT_EQ(server.failure(), "wrong version number");
}

TEST_F(PlainText, IgnoresOrdersNobodyKnows) {
  server.Command(static_cast<Order>(200), "what is this");
  server.Command(Order::kServerName, "");
  client.Send("plain");
  link.Settle();
  EXPECT_EQ(server.host.plain, "plain");
}

}  // namespace
}  // namespace hp::tls
