// SPDX-License-Identifier: Apache-2.0
#include "cipher_kinds.h"
#include "conversation.h"

namespace hp::tls {
namespace {

class WithoutRoom : public CipherTest {
 protected:
  // Gives room to both, a little at a time, until neither waits for more.
  void GiveRoom(Conversation& conversation, std::size_t stock) {
    conversation.link.Settle();
    while (conversation.server.has_more() || conversation.client.has_more()) {
      for (FilterPeer* peer : {&conversation.server, &conversation.client}) {
        peer->host.plain_stock = stock;
        peer->Resume();
      }
      conversation.link.Settle();
    }
  }

  std::mt19937 random{7};
};
HP_WITH_EVERY_CIPHER(WithoutRoom);

TEST_P(WithoutRoom, ReceivedBytesWait) {
  Conversation conversation(server_context, client_context);
  conversation.link.Settle();
  for (FilterPeer* peer : {&conversation.server, &conversation.client}) peer->host.plain_stock = 0;
  conversation.SendToServer({RandomBytes(random, 50'000)});
  conversation.SendToClient({RandomBytes(random, 50'000)});
  conversation.link.Settle();
  EXPECT_TRUE(conversation.server.has_more());
  EXPECT_TRUE(conversation.client.has_more());
  EXPECT_EQ(conversation.server.host.plain, "");
  conversation.server.Resume();
  EXPECT_TRUE(conversation.server.has_more());
  GiveRoom(conversation, 3000);
  conversation.ExpectAllDelivered();
}

TEST_P(WithoutRoom, NothingIsLostWhenItEndsWithinARecord) {
  for (const std::size_t stock : {1, 16383, 16384, 16385, 16400, 16401, 33'000}) {
    Conversation conversation(server_context, client_context);
    conversation.link.Settle();
    for (FilterPeer* peer : {&conversation.server, &conversation.client}) {
      peer->host.plain_stock = stock;
    }
    conversation.SendToServer({RandomBytes(random, 30'000)});
    conversation.SendToClient({RandomBytes(random, 30'000)});
    GiveRoom(conversation, std::max<std::size_t>(stock, 500));
    conversation.ExpectAllDelivered();
  }
}

TEST_P(WithoutRoom, WhatFollowsWaitsToo) {
  Conversation conversation(server_context, client_context, Randomly(3));
  conversation.link.Settle();
  conversation.server.host.plain_stock = 10;
  for (int i = 0; i < 20; ++i) {
    conversation.SendToServer({RandomBytes(random, random() % 3000)});
    conversation.link.Settle();
  }
  EXPECT_EQ(conversation.server.host.plain.size(), 10U);
  GiveRoom(conversation, 777);
  conversation.ExpectAllDelivered();
}

TEST_P(WithoutRoom, SendingGoesOn) {
  Conversation conversation(server_context, client_context);
  conversation.link.Settle();
  conversation.server.host.plain_stock = 100;
  conversation.SendToServer({RandomBytes(random, 20'000)});
  conversation.link.Settle();
  conversation.SendToClient({"still here"});
  conversation.link.Settle();
  EXPECT_EQ(conversation.client.host.plain, "still here");
  GiveRoom(conversation, 5000);
  conversation.ExpectAllDelivered();
}

TEST_P(WithoutRoom, WhatIsToldOfTheConnectionWaits) {
  Conversation conversation(server_context, client_context);
  conversation.server.host.refused_tells = 3;
  conversation.client.host.refused_tells = 2;
  conversation.link.Settle();
  EXPECT_EQ(conversation.client.host.refused_tells, 1);
  EXPECT_TRUE(conversation.client.has_more());
  EXPECT_FALSE(conversation.client.is_ready());
  GiveRoom(conversation, TestHost::kUnlimited);
  EXPECT_EQ(conversation.server.host.told.size(), 1U);
  EXPECT_EQ(conversation.client.host.told.size(), 1U);
  conversation.SendToServer({"to the server"});
  conversation.SendToClient({"to the client"});
  conversation.link.Settle();
  conversation.ExpectAllDelivered();
}

TEST_P(WithoutRoom, BytesBehindTheHandshakeWaitUntilItIsTold) {
  Conversation conversation(server_context, client_context);
  conversation.server.host.refused_tells = 2;
  conversation.client.host.refused_tells = 2;
  conversation.link.Settle();
  // The one who has finished first may send already.
  while (!conversation.client.is_ready()) conversation.client.Resume();
  conversation.SendToServer({"early"});
  conversation.link.Settle();
  EXPECT_FALSE(conversation.server.is_ready());
  EXPECT_EQ(conversation.server.host.plain, "");
  GiveRoom(conversation, TestHost::kUnlimited);
  conversation.ExpectAllDelivered();
}

TEST_P(WithoutRoom, NothingIsLostWhateverRefuses) {
  for (unsigned seed = 0; seed < 10; ++seed) {
    random.seed(seed);
    Conversation conversation(server_context, client_context, Randomly(seed));
    for (FilterPeer* peer : {&conversation.server, &conversation.client}) {
      peer->host.refused_tells = static_cast<int>(random() % 3);
      peer->host.plain_step = 1 + random() % 20'000;
    }
    GiveRoom(conversation, 1 + random() % 20'000);
    for (int turn = 0; turn < 6; ++turn) {
      conversation.SendToServer({RandomBytes(random, random() % 20'000)});
      conversation.SendToClient({RandomBytes(random, random() % 20'000)});
      conversation.link.Settle();
      if (random() % 2 == 0) GiveRoom(conversation, 500 + random() % 20'000);
    }
    GiveRoom(conversation, 20'000);
    conversation.ExpectAllDelivered();
  }
}

}  // namespace
}  // namespace hp::tls
