// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "contexts.h"
#include "conversation.h"

namespace hp::tls {
namespace {

std::vector<std::uint8_t> BytesOf(std::string_view text) { return {text.begin(), text.end()}; }

class Agreements : public ::testing::TestWithParam<int> {
 protected:
  void Connect() {
    server.emplace(ContextOf(server_config), HP_FILTER_SERVER);
    client.emplace(ContextOf(client_config), HP_FILTER_CLIENT, FilterOptions{}, "localhost");
    Link(*server, *client).Settle();
  }

  void ExpectBoth(InfoTag tag, const std::optional<std::string>& value) const {
    EXPECT_EQ(FieldOf(*server, tag), value);
    EXPECT_EQ(FieldOf(*client, tag), value);
  }

  Config server_config = OfVersion(GetParam(), ServerConfig());
  Config client_config = OfVersion(GetParam(), ClientConfig());
  std::optional<FilterPeer> server;
  std::optional<FilterPeer> client;
};
INSTANTIATE_TEST_SUITE_P(, Agreements, ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& tested) {
                           return tested.param == TLS1_2_VERSION ? "Tls12" : "Tls13";
                         });

TEST_P(Agreements, OnAnApplicationProtocolAreTold) {
  server_config.protocols = BytesOf("\2h2\10http/1.1");
  client_config.protocols = BytesOf("\10http/1.1\2h2");
  Connect();
  ExpectBoth(InfoTag::kApplicationProtocol, "h2");
}

TEST_P(Agreements, OnNoApplicationProtocolAreNone) {
  client_config.protocols = BytesOf("\2h2");
  Connect();
  ExpectBoth(InfoTag::kApplicationProtocol, std::nullopt);
  EXPECT_TRUE(server->is_ready());
}

TEST_P(Agreements, OnAnApplicationProtocolMayFail) {
  server_config.protocols = BytesOf("\10http/1.1");
  client_config.protocols = BytesOf("\2h2");
  Connect();
  EXPECT_FALSE(server->is_ready());
  EXPECT_EQ(server->failure(), "no application protocol");
  EXPECT_EQ(client->outcome(), -74);
}

TEST_P(Agreements, OnAGroupAreTold) {
  server_config.groups = "P-384";
  Connect();
  const std::optional<std::string> group = FieldOf(*client, InfoTag::kGroup);
  EXPECT_TRUE(group == "secp384r1" || group == "P-384") << group.value_or("none");
}

TEST_P(Agreements, OnTheNameAndTheKeyAreTold) {
  Connect();
  ExpectBoth(InfoTag::kServerName, "localhost");
  ExpectBoth(InfoTag::kResumed, std::string(1, '\0'));
  const std::string bits = FieldOf(*server, InfoTag::kCipherBits).value_or("");
  EXPECT_TRUE(bits == std::string("\0\1", 2) || bits == std::string("\x80\0", 2));
}

TEST_P(Agreements, FailWithoutACommonVersion) {
  const bool is_old = GetParam() == TLS1_2_VERSION;
  client_config = OfVersion(is_old ? TLS1_3_VERSION : TLS1_2_VERSION, client_config);
  Connect();
  EXPECT_EQ(server->outcome(), -74);
  EXPECT_EQ(server->failure(), "unsupported protocol");
  EXPECT_EQ(client->outcome(), -74);
  EXPECT_EQ(client->failure(), "tlsv1 alert protocol version");
}

TEST_P(Agreements, FailWithoutACommonCipher) {
  server_config.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256";
  client_config.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384";
  server_config.cipher_suites = "TLS_AES_128_GCM_SHA256";
  client_config.cipher_suites = "TLS_AES_256_GCM_SHA384";
  Connect();
  EXPECT_EQ(server->failure(), "no shared cipher");
  EXPECT_EQ(client->outcome(), -74);
}

TEST_P(Agreements, CarryTheStatusOfTheCertificate) {
  server_config.ocsp_response = BytesOf("a response");
  client_config.requests_ocsp = true;
  Connect();
  EXPECT_EQ(FieldOf(*client, InfoTag::kOcspResponse), "a response");
  EXPECT_EQ(FieldOf(*server, InfoTag::kOcspResponse), std::nullopt);
}

TEST_P(Agreements, CarryTheStatusOfNobodyElse) {
  server_config.ocsp_response = BytesOf("a response");
  server_config.verify_clients = SSL_VERIFY_PEER;
  server_config.authorities = PemOf(TheRoot());
  client_config.requests_ocsp = true;
  const Identity identity = Issue({.name = "client", .issuer = &TheRoot()});
  client_config.certificate = PemOf(identity);
  client_config.key = KeyPemOf(identity);
  Connect();
  EXPECT_TRUE(FieldOf(*server, InfoTag::kPeerCertificate).has_value());
  // It is the server's own.
  EXPECT_EQ(FieldOf(*server, InfoTag::kOcspResponse), std::nullopt);
}

TEST_P(Agreements, CarryNoStatusUnasked) {
  server_config.ocsp_response = BytesOf("a response");
  Connect();
  EXPECT_EQ(FieldOf(*client, InfoTag::kOcspResponse), std::nullopt);
}

TEST_P(Agreements, GoOnWithoutAStatusThatIsAskedFor) {
  client_config.requests_ocsp = true;
  Connect();
  EXPECT_TRUE(client->is_ready());
  EXPECT_EQ(FieldOf(*client, InfoTag::kOcspResponse), std::nullopt);
}

TEST_P(Agreements, OnKeysAreLoggedWhereThatIsWanted) {
  const std::string file = ::testing::TempDir() + "hp_tls_keys." + std::to_string(GetParam());
  std::filesystem::remove(file);
  server_config.key_log_file = file;
  Connect();
  EXPECT_TRUE(server->is_ready());
  std::ifstream stream(file);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  std::filesystem::remove(file);
  const char* label = GetParam() == TLS1_2_VERSION ? "CLIENT_RANDOM " : "CLIENT_TRAFFIC_SECRET_0 ";
  EXPECT_NE(text.find(label), std::string::npos);
  EXPECT_TRUE(text.ends_with('\n'));
}

}  // namespace
}  // namespace hp::tls
