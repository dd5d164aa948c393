// SPDX-License-Identifier: Apache-2.0
#include "cipher_kinds.h"
#include "conversation.h"

namespace hp::tls {
namespace {

class SentBytes : public CipherTest {
 protected:
  std::mt19937 random{42};
};
HP_WITH_EVERY_CIPHER(SentBytes);

TEST_P(SentBytes, OfEachSizeArriveAsTheyWereSent) {
  Conversation conversation(server_context, client_context);
  conversation.link.Settle();
  for (const std::size_t size : {0, 1, 16383, 16384, 16385, 100'000}) {
    conversation.SendToServer({RandomBytes(random, size)});
    conversation.SendToClient({RandomBytes(random, size)});
    conversation.link.Settle();
    conversation.ExpectAllDelivered();
  }
}

TEST_P(SentBytes, OfNoPartsAtAllAreNothing) {
  Conversation conversation(server_context, client_context);
  conversation.link.Settle();
  conversation.SendToServer({});
  conversation.SendToClient({});
  EXPECT_EQ(conversation.server.host.wire, "");
  EXPECT_EQ(conversation.client.host.wire, "");
  conversation.SendToClient({"", "", ""});
  EXPECT_EQ(conversation.server.host.wire, "");
}

TEST_P(SentBytes, InManySmallPartsShareRecords) {
  Conversation conversation(server_context, client_context);
  conversation.link.Settle();
  for (const std::size_t count : {2, 15, 16, 17, 1000}) {
    const std::vector<std::string> parts(count, "part");
    for (const bool to_server : {false, true}) {
      if (to_server) {
        conversation.SendToServer(parts);
      } else {
        conversation.SendToClient(parts);
      }
      FilterPeer& sender = to_server ? conversation.client : conversation.server;
      // A record costs some thirty bytes.
      EXPECT_LE(sender.host.wire.size(), 4 * count + 40 * (1 + count / 16));
    }
    conversation.link.Settle();
    conversation.ExpectAllDelivered();
  }
}

TEST_P(SentBytes, InPartsOfAnySizeAndSplitArriveAsTheyWereSent) {
  for (unsigned seed = 0; seed < 12; ++seed) {
    random.seed(seed);
    Conversation conversation(server_context, client_context, Randomly(seed));
    conversation.server.host.wire_step = 1 + random() % 20'000;
    conversation.server.host.plain_step = 1 + random() % 20'000;
    conversation.client.host.plain_step = 1 + random() % 20'000;
    conversation.link.Settle();
    for (int turn = 0; turn < 8; ++turn) {
      std::vector<std::string> parts(random() % 40);
      for (std::string& part : parts) {
        part = RandomBytes(random, random() % (std::size_t{1} << random() % 16));
      }
      if (random() % 2 == 0) {
        conversation.SendToServer(parts);
      } else {
        conversation.SendToClient(parts);
      }
      if (random() % 3 != 0) conversation.link.Settle();
    }
    conversation.link.Settle();
    conversation.ExpectAllDelivered();
  }
}

TEST_P(SentBytes, ArriveByteByByte) {
  Conversation conversation(server_context, client_context, OneByOne());
  conversation.link.Settle();
  conversation.SendToServer({RandomBytes(random, 40'000)});
  conversation.SendToClient({RandomBytes(random, 40'000)});
  conversation.link.Settle();
  conversation.ExpectAllDelivered();
}

TEST_P(SentBytes, ArriveTogetherWithTheEndOfTheHandshake) {
  Conversation conversation(server_context, client_context);
  FilterPeer& server = conversation.server;
  FilterPeer& client = conversation.client;
  // Each sends as soon as it may, and all it has said until then arrives together.
  for (int i = 0; i < 4; ++i) {
    if (client.is_ready() && conversation.for_server.empty()) {
      conversation.SendToServer({"to the server"});
    }
    server.Give(client.Take());
    if (server.is_ready() && conversation.for_client.empty()) {
      conversation.SendToClient({"to the client"});
    }
    client.Give(server.Take());
  }
  EXPECT_EQ(server.host.plain, "to the server");
  EXPECT_EQ(client.host.plain, "to the client");
  conversation.ExpectAllDelivered();
}

TEST_P(SentBytes, LeaveNoPartOfThemReadableOnTheWire) {
  Conversation conversation(server_context, client_context);
  conversation.link.Settle();
  const std::string secret = "nobody else is to read this";
  conversation.SendToServer({secret});
  conversation.SendToClient({"x", secret});
  EXPECT_EQ(conversation.server.host.wire.find(secret), std::string::npos);
  EXPECT_EQ(conversation.client.host.wire.find(secret), std::string::npos);
}

}  // namespace
}  // namespace hp::tls
