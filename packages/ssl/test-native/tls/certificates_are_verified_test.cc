// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "contexts.h"
#include "conversation.h"

namespace hp::tls {
namespace {

class Certificates : public ::testing::TestWithParam<int> {
 protected:
  Config server_config = OfVersion(GetParam(), ServerConfig());
  Config client_config = OfVersion(GetParam(), ClientConfig());

  // A server with a certificate of its own.
  void ServeAs(const Identity& identity) {
    server_config.certificate = PemOf(identity);
    server_config.key = KeyPemOf(identity);
  }

  // A client that shows a certificate, which the server asks for.
  void ShowAs(const Identity& identity, int verify) {
    client_config.certificate = PemOf(identity);
    client_config.key = KeyPemOf(identity);
    server_config.verify_clients = verify;
  }

  void Connect(const FilterOptions& options = {}, const char* host = "localhost") {
    server.emplace(ContextOf(server_config), HP_FILTER_SERVER);
    client.emplace(ContextOf(client_config), HP_FILTER_CLIENT, options, host);
    Link(*server, *client).Settle();
  }

  void ExpectVerified(bool verified) const {
    EXPECT_TRUE(client->is_ready()) << client->failure();
    EXPECT_EQ(FieldOf(*client, InfoTag::kVerified), std::string(1, verified ? '\1' : '\0'));
  }

  void ExpectRefused(const std::string& reason) const {
    EXPECT_FALSE(client->is_ready());
    EXPECT_EQ(client->outcome(), -74);
    EXPECT_EQ(client->failure(), "certificate verify failed: " + reason);
    EXPECT_EQ(server->outcome(), -74);
  }

  std::optional<FilterPeer> server;
  std::optional<FilterPeer> client;
};
INSTANTIATE_TEST_SUITE_P(, Certificates, ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& tested) {
                           return tested.param == TLS1_2_VERSION ? "Tls12" : "Tls13";
                         });

TEST_P(Certificates, OfServersAreVerified) {
  Connect();
  ExpectVerified(true);
  const auto der = DerOf(TheServer());
  EXPECT_EQ(FieldOf(*client, InfoTag::kPeerCertificate), std::string(der.begin(), der.end()));
  EXPECT_EQ(FieldOf(*client, InfoTag::kVerifyError), std::nullopt);
  EXPECT_EQ(FieldOf(*server, InfoTag::kPeerCertificate), std::nullopt);
  EXPECT_EQ(FieldOf(*server, InfoTag::kVerified), std::nullopt);
}

TEST_P(Certificates, WithRsaKeysAreVerifiedToo) {
  ServeAs(Issue({.issuer = &TheRoot()}, MakeRsaKey()));
  Connect();
  ExpectVerified(true);
}

TEST_P(Certificates, OfNobodyWhoIsTrustedAreRefused) {
  ServeAs(Issue({}));
  Connect();
  ExpectRefused("self-signed certificate");
}

TEST_P(Certificates, WithoutTheirChainAreRefused) {
  server_config.certificate = PemOf(TheServer());
  Connect();
  ExpectRefused("unable to get local issuer certificate");
}

TEST_P(Certificates, ThatHaveExpiredAreRefused) {
  ServeAs(Issue({.issuer = &TheRoot(), .ends = "20210101000000Z"}));
  Connect();
  ExpectRefused("certificate has expired");
}

TEST_P(Certificates, ThatAreRevokedAreRefused) {
  client_config.revocations =
      RevocationOf(TheServer(), TheIntermediate()) + RevocationOf(TheServer(), TheRoot());
  Connect();
  ExpectRefused("certificate revoked");
}

TEST_P(Certificates, OfAnotherHostAreRefused) {
  Connect({}, "elsewhere");
  ExpectRefused("hostname mismatch");
}

TEST_P(Certificates, OfManyHostsAreVerified) {
  ServeAs(Issue({.alternatives = "DNS:*.example.com", .issuer = &TheRoot()}));
  Connect({}, "www.example.com");
  ExpectVerified(true);
  for (const char* host : {"example.com", "a.www.example.com", "www.example.org"}) {
    Connect({}, host);
    ExpectRefused("hostname mismatch");
  }
}

TEST_P(Certificates, OfHostsByPartOfALabelAreRefused) {
  ServeAs(Issue({.alternatives = "DNS:w*.example.com", .issuer = &TheRoot()}));
  Connect({}, "www.example.com");
  ExpectRefused("hostname mismatch");
}

TEST_P(Certificates, OfAnotherAddressAreRefused) {
  Connect({}, "127.0.0.2");
  ExpectRefused("IP address mismatch");
}

TEST_P(Certificates, OfTheAddressAreVerified) {
  Connect({}, "127.0.0.1");
  ExpectVerified(true);
  EXPECT_EQ(FieldOf(*server, InfoTag::kServerName), std::nullopt);
}

TEST_P(Certificates, OfAnyHostDoWhereItIsNotLookedAt) {
  Connect({.checks_host = false}, "elsewhere");
  ExpectVerified(true);
  EXPECT_EQ(FieldOf(*server, InfoTag::kServerName), "elsewhere");
  Connect({.checks_host = false}, "127.0.0.2");
  ExpectVerified(true);
}

TEST_P(Certificates, OfAnybodyDoWhereNothingIsVerified) {
  ServeAs(Issue({}));
  client_config.verifies_servers = false;
  for (const char* host : {"localhost", "elsewhere", "127.0.0.2"}) {
    Connect({}, host);
    ExpectVerified(false);
    EXPECT_TRUE(FieldOf(*client, InfoTag::kVerifyError).has_value());
  }
}

TEST_P(Certificates, ThatAreTooLargeToTellAreLeftOut) {
  ServeAs(Issue({.issuer = &TheRoot(), .ballast = 9000}));
  Connect();
  ExpectVerified(true);
  EXPECT_EQ(FieldOf(*client, InfoTag::kPeerCertificate), std::nullopt);
}

TEST_P(Certificates, OfManyRecordsAreVerified) {
  ServeAs(Issue({.issuer = &TheRoot(), .ballast = 60'000}));
  Connect();
  ExpectVerified(true);
}

TEST_P(Certificates, OfClientsAreVerified) {
  server_config.authorities = PemOf(TheRoot());
  ShowAs(Issue({.name = "client", .issuer = &TheRoot()}),
         SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT);
  Connect();
  ExpectVerified(true);
  EXPECT_TRUE(server->is_ready());
  EXPECT_EQ(FieldOf(*server, InfoTag::kVerified), "\1");
  EXPECT_TRUE(FieldOf(*server, InfoTag::kPeerCertificate).has_value());
  server->Send("to who has shown it");
  client->Give(server->Take());
  EXPECT_EQ(client->host.plain, "to who has shown it");
}

TEST_P(Certificates, OfClientsNobodyTrustsAreRefused) {
  server_config.authorities = PemOf(TheRoot());
  ShowAs(Issue({.name = "client"}), SSL_VERIFY_PEER);
  Connect();
  EXPECT_FALSE(server->is_ready());
  EXPECT_EQ(server->outcome(), -74);
  EXPECT_EQ(server->failure(), "certificate verify failed: self-signed certificate");
  EXPECT_EQ(client->outcome(), -74);
}

TEST_P(Certificates, OfClientsMayBeMissing) {
  server_config.verify_clients = SSL_VERIFY_PEER;
  Connect();
  EXPECT_TRUE(server->is_ready());
  EXPECT_EQ(FieldOf(*server, InfoTag::kPeerCertificate), std::nullopt);
}

TEST_P(Certificates, OfClientsMayBeAskedForInEarnest) {
  server_config.verify_clients = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  Connect();
  EXPECT_FALSE(server->is_ready());
  EXPECT_EQ(server->failure(), "peer did not return a certificate");
  EXPECT_EQ(client->outcome(), -74);
}

TEST_P(Certificates, OfTheirRootsAreTrustedByClientsAlone) {
  client_config.authorities = {};
  ShowAs(Issue({.name = "client", .issuer = &TheRoot()}), SSL_VERIFY_PEER);
  const auto server_context = ContextOf(server_config);
  const auto client_context = ContextOf(client_config);
  EXPECT_FALSE(client_context->has_roots());
  client_context->SetRoots(PemOf(TheRoot()));
  server_context->SetRoots(PemOf(TheRoot()));
  EXPECT_TRUE(client_context->has_roots());
  server.emplace(server_context, HP_FILTER_SERVER);
  client.emplace(client_context, HP_FILTER_CLIENT, FilterOptions{}, "localhost");
  Link(*server, *client).Settle();
  EXPECT_EQ(server->failure(), "certificate verify failed: unable to get local issuer certificate");
}

TEST_P(Certificates, AreNoneWhereAServerHasNone) {
  server_config.certificate = server_config.key = {};
  Connect();
  EXPECT_FALSE(server->is_ready());
  EXPECT_EQ(server->outcome(), -74);
  EXPECT_NE(server->failure(), "");
}

}  // namespace
}  // namespace hp::tls
