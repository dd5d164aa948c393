// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "bare_peer.h"
#include "contexts.h"
#include "conversation.h"

namespace hp::tls {
namespace {

constexpr int kTruncated = -1009;

class EndsWithoutNotice : public ::testing::TestWithParam<int> {
 protected:
  const std::shared_ptr<Context> server_context = ContextOf(OfVersion(GetParam(), ServerConfig()));
  const std::shared_ptr<Context> client_context = ContextOf(OfVersion(GetParam(), ClientConfig()));
};
INSTANTIATE_TEST_SUITE_P(, EndsWithoutNotice, ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& tested) {
                           return tested.param == TLS1_2_VERSION ? "Tls12" : "Tls13";
                         });

TEST_P(EndsWithoutNotice, AreTruncationsOfAnOpenStream) {
  Conversation conversation(server_context, client_context);
  conversation.link.Settle();
  for (FilterPeer* peer : {&conversation.server, &conversation.client}) {
    peer->End();
    EXPECT_EQ(peer->outcome(), kTruncated);
    EXPECT_EQ(peer->failure(), "the peer ended the connection without close_notify");
  }
}

TEST_P(EndsWithoutNotice, AreTruncationsOfAHandshake) {
  FilterPeer server(server_context, HP_FILTER_SERVER);
  FilterPeer client(client_context, HP_FILTER_CLIENT, {}, "localhost");
  server.Give(client.Take().substr(0, 100));
  for (FilterPeer* peer : {&server, &client}) {
    peer->End();
    EXPECT_EQ(peer->outcome(), kTruncated);
    EXPECT_EQ(peer->failure(), "the peer ended the connection during the handshake");
  }
}

TEST_P(EndsWithoutNotice, AreTruncationsBeforeAnyByte) {
  FilterPeer server(server_context, HP_FILTER_SERVER);
  server.End();
  EXPECT_EQ(server.outcome(), kTruncated);
}

TEST_P(EndsWithoutNotice, AreInOrderWherePlainTextPasses) {
  FilterPeer server(server_context, HP_FILTER_SERVER, {.starts_by_itself = false});
  server.Give("plain text");
  server.End();
  EXPECT_EQ(server.outcome(), HP_FILTER_ENDED);
  EXPECT_EQ(server.host.plain, "plain text");
  EXPECT_EQ(server.failure(), "");
}

TEST_P(EndsWithoutNotice, AreNoneBehindACloseNotify) {
  Conversation conversation(server_context, client_context);
  conversation.link.Settle();
  conversation.SendToServer({"last words"});
  conversation.client.Finish();
  conversation.link.Settle();
  EXPECT_EQ(conversation.server.outcome(), HP_FILTER_ENDED);
  conversation.server.Finish();
  conversation.link.Settle();
  EXPECT_EQ(conversation.client.outcome(), HP_FILTER_ENDED);
  EXPECT_EQ(conversation.server.host.plain, "last words");
}

TEST_P(EndsWithoutNotice, AreNoneWhereTheOtherGoesOnSending) {
  Conversation conversation(server_context, client_context);
  conversation.link.Settle();
  for (FilterPeer* peer : {&conversation.server, &conversation.client}) peer->Finish();
  conversation.link.Settle();
  EXPECT_EQ(conversation.server.outcome(), HP_FILTER_ENDED);
  EXPECT_EQ(conversation.client.outcome(), HP_FILTER_ENDED);
}

TEST_P(EndsWithoutNotice, AreNotAskedForOnceHalfIsFinished) {
  Conversation conversation(server_context, client_context);
  conversation.link.Settle();
  conversation.client.Finish();
  const std::string close_notify = conversation.client.Take();
  EXPECT_NE(close_notify, "");
  // The other has not heard of it yet, and its bytes still arrive.
  conversation.SendToClient({"still under way"});
  conversation.link.Settle();
  EXPECT_EQ(conversation.client.host.plain, "still under way");
  EXPECT_EQ(conversation.client.outcome(), 0);
}

}  // namespace
}  // namespace hp::tls
