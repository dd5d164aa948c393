// SPDX-License-Identifier: Apache-2.0
#include "bare_peer.h"
#include "cipher_kinds.h"
#include "filter_peer.h"
#include "link.h"

namespace hp::tls {
namespace {

class Handshakes : public CipherTest {
 protected:
  // What a bare peer has to be told to use this cipher.
  static void Prepare(SSL* ssl) {
    SSL_set_min_proto_version(ssl, GetParam().version);
    SSL_set_max_proto_version(ssl, GetParam().version);
    if (*GetParam().suite != '\0') SSL_set_ciphersuites(ssl, GetParam().suite);
  }

  static std::string Number(int version) {
    return {static_cast<char>(version), static_cast<char>(version >> 8)};
  }

  // Whether the peer got what it has to know, once, and nothing has gone wrong.
  static void ExpectOpen(const FilterPeer& peer) {
    EXPECT_EQ(peer.host.readies, 1);
    EXPECT_EQ(peer.host.misuses, 0);
    EXPECT_EQ(peer.outcome(), 0) << peer.failure();
    EXPECT_EQ(FieldOf(peer, InfoTag::kProtocol), Number(GetParam().version));
    if (GetParam().version != TLS1_3_VERSION) return;
    EXPECT_EQ(FieldOf(peer, InfoTag::kCipher), GetParam().suite);
  }

  void DoBetweenFilters(const Split& split) const {
    FilterPeer server(server_context, HP_FILTER_SERVER);
    FilterPeer client(client_context, HP_FILTER_CLIENT, {}, "localhost");
    Link(server, client, split).Settle();
    ExpectOpen(server);
    ExpectOpen(client);
  }

  void DoWithBareClient(const Split& split) const {
    FilterPeer server(server_context, HP_FILTER_SERVER);
    BarePeer client = BarePeer::Client(Prepare);
    Link(server, client, split).Settle();
    ExpectOpen(server);
    EXPECT_TRUE(client.is_open());
    EXPECT_EQ(client.failure(), "");
  }

  void DoWithBareServer(const Split& split) const {
    const Identity identity = Issue({.issuer = &TheRoot()});
    BarePeer server = BarePeer::Server(identity, Prepare);
    FilterPeer client(client_context, HP_FILTER_CLIENT, {}, "localhost");
    Link(server, client, split).Settle();
    ExpectOpen(client);
    EXPECT_TRUE(server.is_open());
    EXPECT_EQ(server.failure(), "");
  }
};
HP_WITH_EVERY_CIPHER(Handshakes);

TEST_P(Handshakes, AreDoneBetweenFilters) {
  DoBetweenFilters(Whole());
  DoBetweenFilters(OneByOne());
  for (unsigned seed = 0; seed < 5; ++seed) DoBetweenFilters(Randomly(seed));
}

TEST_P(Handshakes, AreDoneWithOpenSslsClient) {
  DoWithBareClient(Whole());
  DoWithBareClient(OneByOne());
  for (unsigned seed = 0; seed < 5; ++seed) DoWithBareClient(Randomly(seed));
}

TEST_P(Handshakes, AreDoneWithOpenSslsServer) {
  DoWithBareServer(Whole());
  DoWithBareServer(OneByOne());
  for (unsigned seed = 0; seed < 5; ++seed) DoWithBareServer(Randomly(seed));
}

TEST_P(Handshakes, AreDoneWithLittleRoomOnTheWire) {
  FilterPeer server(server_context, HP_FILTER_SERVER, {.starts_by_itself = false});
  FilterPeer client(client_context, HP_FILTER_CLIENT, {.starts_by_itself = false}, "localhost");
  server.host.wire_step = 1;
  client.host.wire_step = 3;
  server.Command(Order::kStartHandshake);
  client.Command(Order::kStartHandshake);
  Link(server, client).Settle();
  ExpectOpen(server);
  ExpectOpen(client);
}

}  // namespace
}  // namespace hp::tls
