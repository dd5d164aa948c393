// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include "bare_peer.h"
#include "contexts.h"
#include "filter_peer.h"
#include "link.h"

namespace hp::tls {

// A server's filter and OpenSSL's client.
struct ServerWithBareClient {
  explicit ServerWithBareClient(const Config& config = ServerConfig(),
                                const BarePeer::Adjust& adjust = {}, const Split& split = Whole())
      : server(ContextOf(config), HP_FILTER_SERVER),
        client(BarePeer::Client(adjust)),
        link(server, client, split) {
    link.Settle();
    EXPECT_TRUE(client.is_open()) << client.failure();
    EXPECT_TRUE(server.is_ready()) << server.failure();
  }
  ~ServerWithBareClient() { EXPECT_EQ(server.host.misuses, 0); }

  // Whether bytes still arrive, both ways.
  void ExpectOpen() {
    const std::size_t from = client.received().size();
    server.host.plain.clear();
    client.Send("to the server");
    server.Send("to the client");
    link.Settle();
    EXPECT_EQ(server.host.plain, "to the server");
    EXPECT_EQ(client.received().substr(from), "to the client");
    EXPECT_EQ(server.outcome(), 0) << server.failure();
    EXPECT_EQ(client.failure(), "");
  }

  FilterPeer server;
  BarePeer client;
  Link link;
};

}  // namespace hp::tls
