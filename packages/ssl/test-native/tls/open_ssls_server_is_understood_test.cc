// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "bare_peer.h"
#include "certificates.h"
#include "contexts.h"
#include "filter_peer.h"
#include "link.h"

namespace hp::tls {
namespace {

struct ClientWithBareServer {
  explicit ClientWithBareServer(int version)
      : client(ContextOf(OfVersion(version, ClientConfig())), HP_FILTER_CLIENT, {}, "localhost"),
        server(BarePeer::Server(Issue({.issuer = &TheRoot()}))),
        link(client, server) {
    link.Settle();
    EXPECT_TRUE(client.is_ready()) << client.failure();
    client.Send("to the server");
    server.Send("to the client");
    link.Settle();
  }

  // The client's answers are never read.
  void AskAgain(int times, void (*ask)(SSL*)) {
    for (int i = 0; i < times; ++i) {
      ask(server.ssl());
      SSL_do_handshake(server.ssl());
      client.Give(server.Take());
    }
  }

  FilterPeer client;
  BarePeer server;
  Link link;
};

void AskForRenegotiation(SSL* ssl) { SSL_renegotiate(ssl); }
void AskForNewKeys(SSL* ssl) { SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED); }

TEST(OpenSslsServer, MayAskForRenegotiationInVain) {
  ClientWithBareServer pair(TLS1_2_VERSION);
  pair.AskAgain(32, AskForRenegotiation);
  EXPECT_EQ(pair.client.outcome(), 0) << pair.client.failure();
  EXPECT_EQ(pair.client.host.plain, "to the client");
}

TEST(OpenSslsServer, MayNotAskForRenegotiationForEver) {
  ClientWithBareServer pair(TLS1_2_VERSION);
  pair.AskAgain(33, AskForRenegotiation);
  EXPECT_EQ(pair.client.outcome(), -74);
  EXPECT_EQ(pair.client.failure(), "too many requests without data");
}

TEST(OpenSslsServer, MayNotHaveKeysRenewedForEver) {
  ClientWithBareServer pair(TLS1_3_VERSION);
  // An answer is written when the next request comes.
  pair.AskAgain(34, AskForNewKeys);
  EXPECT_EQ(pair.client.outcome(), -74);
  EXPECT_EQ(pair.client.failure(), "too many requests without data");
}

TEST(OpenSslsServer, MayHaveKeysRenewedAgainAndAgainBetweenItsData) {
  ClientWithBareServer pair(TLS1_3_VERSION);
  for (int i = 0; i < 100; ++i) {
    pair.AskAgain(1, AskForNewKeys);
    pair.server.Send("x");
    pair.link.Settle();
  }
  EXPECT_EQ(pair.client.outcome(), 0) << pair.client.failure();
  EXPECT_EQ(pair.client.host.plain, "to the client" + std::string(100, 'x'));
}

}  // namespace
}  // namespace hp::tls
