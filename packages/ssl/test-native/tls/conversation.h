// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "filter_peer.h"
#include "link.h"

namespace hp::tls {

inline std::string RandomBytes(std::mt19937& random, std::size_t count) {
  std::string bytes(count, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

// Two filters that are connected, and all that was sent between them.
class Conversation {
 public:
  Conversation(const std::shared_ptr<Context>& server_context,
               const std::shared_ptr<Context>& client_context, const Split& split = Whole())
      : server(server_context, HP_FILTER_SERVER),
        client(client_context, HP_FILTER_CLIENT, {}, "localhost"),
        link(server, client, split) {}

  void SendToServer(const std::vector<std::string>& parts) { Send(client, parts, for_server); }
  void SendToClient(const std::vector<std::string>& parts) { Send(server, parts, for_client); }

  void ExpectAllDelivered() const {
    // Compared first: what EXPECT_EQ would print is random.
    EXPECT_TRUE(server.host.plain == for_server) << server.host.plain.size();
    EXPECT_TRUE(client.host.plain == for_client) << client.host.plain.size();
    for (const FilterPeer* peer : {&server, &client}) {
      EXPECT_EQ(peer->host.readies, 1);
      EXPECT_EQ(peer->outcome(), 0) << peer->failure();
      EXPECT_EQ(peer->host.misuses, 0);
    }
  }

  FilterPeer server;
  FilterPeer client;
  Link link;
  std::string for_server;
  std::string for_client;

 private:
  static void Send(FilterPeer& from, const std::vector<std::string>& parts, std::string& sent) {
    const std::vector<std::string_view> views(parts.begin(), parts.end());
    from.Send(views);
    for (const std::string& part : parts) sent += part;
  }
};

}  // namespace hp::tls
