// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "contexts.h"
#include "conversation.h"
#include "tls/settings_builder.h"

namespace hp::tls {
namespace {

class Sessions : public ::testing::TestWithParam<int> {
 protected:
  // Connects once; whether a session was resumed.
  bool Connect(const std::shared_ptr<Context>& to, const char* host = "localhost",
               const FilterOptions& options = {}) const {
    FilterPeer server(to, HP_FILTER_SERVER);
    FilterPeer client(client_context, HP_FILTER_CLIENT, options, host);
    Link link(server, client);
    link.Settle();
    EXPECT_TRUE(server.is_ready()) << server.failure();
    EXPECT_TRUE(client.is_ready()) << client.failure();
    server.Send("to the client");
    client.Send("to the server");
    link.Settle();
    EXPECT_EQ(server.host.plain, "to the server");
    EXPECT_EQ(client.host.plain, "to the client");
    client.Finish();
    link.Settle();
    const auto resumed = FieldOf(client, InfoTag::kResumed);
    EXPECT_EQ(resumed, FieldOf(server, InfoTag::kResumed));
    return resumed == "\1";
  }

  std::shared_ptr<Context> ServerWith(unsigned tickets) const {
    Config config = server_config;
    config.tickets = tickets;
    return ContextOf(config);
  }

  // As the application reloads a context.
  static void Reload(Context& context, const Context& other) {
    KeepTickets(*context.settings(), *other.settings());
    context.Replace(other);
  }

  Config server_config = OfVersion(GetParam(), ServerConfig());
  const std::shared_ptr<Context> client_context = ContextOf(OfVersion(GetParam(), ClientConfig()));
};
INSTANTIATE_TEST_SUITE_P(, Sessions, ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& tested) {
                           return tested.param == TLS1_2_VERSION ? "Tls12" : "Tls13";
                         });

TEST_P(Sessions, AreResumed) {
  const auto server = ServerWith(1);
  EXPECT_FALSE(Connect(server));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(Connect(server));
}

TEST_P(Sessions, AreNotResumedWithoutTickets) {
  const auto server = ServerWith(0);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(Connect(server));
}

TEST_P(Sessions, AreResumedWithManyTickets) {
  const auto server = ServerWith(16);
  EXPECT_FALSE(Connect(server));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(Connect(server));
}

TEST_P(Sessions, AreOfOneHost) {
  const auto server = ServerWith(1);
  EXPECT_FALSE(Connect(server));
  EXPECT_FALSE(Connect(server, "127.0.0.1"));
  EXPECT_TRUE(Connect(server));
  EXPECT_TRUE(Connect(server, "127.0.0.1"));
}

TEST_P(Sessions, ThatWereNotCheckedAreNotTakenForSomeThatWere) {
  const auto server = ServerWith(1);
  EXPECT_FALSE(Connect(server, "localhost", {.checks_host = false}));
  EXPECT_FALSE(Connect(server));
  EXPECT_TRUE(Connect(server, "localhost", {.checks_host = false}));
}

TEST_P(Sessions, OfAnotherContextAreNotResumed) {
  EXPECT_FALSE(Connect(ServerWith(1)));
  EXPECT_FALSE(Connect(ServerWith(1)));
}

TEST_P(Sessions, OutliveAReload) {
  const auto server = ServerWith(1);
  EXPECT_FALSE(Connect(server));
  Reload(*server, *ServerWith(1));
  EXPECT_TRUE(Connect(server));
}

TEST_P(Sessions, DoNotOutliveAReloadThatVerifiesClients) {
  const auto server = ServerWith(1);
  EXPECT_FALSE(Connect(server));
  server_config.verify_clients = SSL_VERIFY_PEER;
  Reload(*server, *ServerWith(1));
  EXPECT_FALSE(Connect(server));
}

TEST_P(Sessions, AreOfTheContextOfAServerName) {
  const auto server = ServerWith(1);
  server->SetServerNames({{"localhost", ServerWith(1)}});
  const auto named = ServerWith(1);
  server->SetServerNames({{"localhost", named}});
  EXPECT_FALSE(Connect(server));
  EXPECT_TRUE(Connect(server));
  // The name now stands for one that never made the session.
  const auto other = ServerWith(1);
  server->SetServerNames({{"localhost", other}});
  EXPECT_FALSE(Connect(server));
}

TEST_P(Sessions, AreNotResumedByOneWhoExpectsAnotherCertificate) {
  const auto server = ServerWith(1);
  EXPECT_FALSE(Connect(server));
  const auto strict = ContextOf(OfVersion(GetParam(), [&] {
    Config config = server_config;
    config.verify_clients = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    return config;
  }()));
  server->SetServerNames({{"localhost", strict}});
  FilterPeer asking(server, HP_FILTER_SERVER);
  FilterPeer client(client_context, HP_FILTER_CLIENT, {}, "localhost");
  Link(asking, client).Settle();
  EXPECT_FALSE(asking.is_ready());
  EXPECT_EQ(asking.failure(), "peer did not return a certificate");
}

TEST_P(Sessions, AreVerifiedAsTheyWere) {
  const auto server = ServerWith(1);
  EXPECT_FALSE(Connect(server));
  FilterPeer resuming(server, HP_FILTER_SERVER);
  FilterPeer client(client_context, HP_FILTER_CLIENT, {}, "localhost");
  Link(resuming, client).Settle();
  EXPECT_EQ(FieldOf(client, InfoTag::kResumed), "\1");
  EXPECT_EQ(FieldOf(client, InfoTag::kVerified), "\1");
  EXPECT_TRUE(FieldOf(client, InfoTag::kPeerCertificate).has_value());
}

}  // namespace
}  // namespace hp::tls
