// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "bare_peer.h"
#include "contexts.h"
#include "link.h"
#include "test_host.h"
#include "tls/record_layer.h"

namespace hp::tls {
namespace {

// OpenSSL's part in a connection, without what follows it.
class SessionPeer final : public Peer {
 public:
  SessionPeer(const Config& config, HpFilterRole role) {
    wire_.Begin(&host);
    const LibrarySession::Parameters parameters = {.role = role, .host_name = "localhost"};
    session_ = LibrarySession::Open(ContextOf(config), parameters, wire_);
    step_ = session_->Advance();
    wire_.End();
  }

  void Give(std::string_view bytes) override {
    wire_.Begin(&host);
    wire_.Feed({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    if (step_ == LibrarySession::Step::kNeedsBytes) step_ = session_->Advance();
    wire_.End();
  }

  std::string Take() override { return std::exchange(host.wire, {}); }

  bool is_done() const { return step_ == LibrarySession::Step::kDone; }
  bool IsTakenOver() const { return RecordLayer::TakeOver(*session_) != nullptr; }

  TestHost host;

 private:
  Wire wire_;
  std::unique_ptr<LibrarySession> session_;
  LibrarySession::Step step_;
};

Config WithSuite(const char* suite) {
  Config config = OfVersion(TLS1_3_VERSION, ServerConfig());
  config.cipher_suites = suite;
  return config;
}

// Whether a server's connection is taken over once its handshake is done.
bool IsTakenOver(const Config& config, const BarePeer::Adjust& adjust = {}) {
  SessionPeer server(config, HP_FILTER_SERVER);
  BarePeer client = BarePeer::Client(adjust);
  Link(server, client, OneByOne()).Settle();
  EXPECT_TRUE(server.is_done());
  EXPECT_TRUE(client.is_open()) << client.failure();
  return server.IsTakenOver();
}

TEST(TakingOver, IsDoneForServersOfTls13) {
  EXPECT_TRUE(IsTakenOver(ServerConfig()));
  EXPECT_TRUE(IsTakenOver(WithSuite("TLS_AES_128_GCM_SHA256")));
  EXPECT_TRUE(IsTakenOver(WithSuite("TLS_AES_256_GCM_SHA384")));
  EXPECT_TRUE(IsTakenOver(WithSuite("TLS_CHACHA20_POLY1305_SHA256")));
}

TEST(TakingOver, IsNotDoneForSuitesOnlyOpenSslKnows) {
  const auto adjust = [](SSL* ssl) { SSL_set_ciphersuites(ssl, "TLS_AES_128_CCM_SHA256"); };
  EXPECT_FALSE(IsTakenOver(WithSuite("TLS_AES_128_CCM_SHA256"), adjust));
  const auto shorter = [](SSL* ssl) { SSL_set_ciphersuites(ssl, "TLS_AES_128_CCM_8_SHA256"); };
  EXPECT_FALSE(IsTakenOver(WithSuite("TLS_AES_128_CCM_8_SHA256"), shorter));
}

TEST(TakingOver, IsNotDoneForTls12) {
  EXPECT_FALSE(IsTakenOver(OfVersion(TLS1_2_VERSION, ServerConfig())));
}

TEST(TakingOver, IsNotDoneWhereRecordsAreToBeSmall) {
  EXPECT_FALSE(IsTakenOver(ServerConfig(), [](SSL* ssl) {
    SSL_set_tlsext_max_fragment_length(ssl, TLSEXT_max_fragment_length_4096);
  }));
}

TEST(TakingOver, IsDoneAfterASecondHello) {
  // The client's first key share is of a group the server does not take.
  Config config = WithSuite("");
  config.groups = "P-384";
  EXPECT_TRUE(IsTakenOver(config));
}

TEST(TakingOver, IsNotDoneForClients) {
  SessionPeer client(ClientConfig(), HP_FILTER_CLIENT);
  const Identity identity = Issue({.issuer = &TheRoot()});
  BarePeer server = BarePeer::Server(identity);
  Link(client, server).Settle();
  EXPECT_TRUE(client.is_done());
  EXPECT_FALSE(client.IsTakenOver());
}

}  // namespace
}  // namespace hp::tls
