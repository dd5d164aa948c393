// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "contexts.h"
#include "filter_peer.h"
#include "link.h"

namespace hp::tls {
namespace {

TEST(Filters, KeepTheirContextWhileSomeoneHoldsThem) {
  std::shared_ptr<Context> context = ContextOf(ServerConfig());
  const std::weak_ptr<Context> watched = context;
  HpStreamFilter filter = MakeStreamFilter(context, {});
  context.reset();
  EXPECT_FALSE(watched.expired());
  filter.retain(filter.context);
  filter.release(filter.context);
  EXPECT_FALSE(watched.expired());
  filter.release(filter.context);
  EXPECT_TRUE(watched.expired());
}

TEST(Filters, NameTheirVersion) {
  const HpStreamFilter filter = MakeStreamFilter(ContextOf(ServerConfig()), {});
  EXPECT_EQ(filter.magic, HP_STREAM_FILTER_MAGIC);
  EXPECT_EQ(filter.version, HP_STREAM_FILTER_VERSION);
  filter.release(filter.context);
}

TEST(Filters, KeepWhatTheyWereMadeWithThroughAReload) {
  const auto context = ContextOf(ServerConfig());
  const std::weak_ptr<const Settings> before = context->settings();
  {
    FilterPeer server(context, HP_FILTER_SERVER);
    FilterPeer client(ContextOf(ClientConfig()), HP_FILTER_CLIENT, {}, "localhost");
    context->Replace(*ContextOf(ServerConfig()));
    EXPECT_FALSE(before.expired());
    Link link(server, client);
    link.Settle();
    EXPECT_TRUE(server.is_ready());
    server.Send("still here");
    link.Settle();
    EXPECT_EQ(client.host.plain, "still here");
  }
  EXPECT_TRUE(before.expired());
}

// An error of someone else, who reads the queue after a call.
void LeaveAnError() { ERR_raise(ERR_LIB_USER, 1); }

TEST(Filters, LeaveOpenSslsErrorQueueEmpty) {
  FilterPeer server(ContextOf(ServerConfig()), HP_FILTER_SERVER);
  LeaveAnError();
  server.Give("no TLS at all, and long enough to be seen as that");
  EXPECT_EQ(server.outcome(), -74);
  EXPECT_EQ(server.failure(), "wrong version number");
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(Filters, AreNotMisledByErrorsOfOthers) {
  FilterPeer server(ContextOf(ServerConfig()), HP_FILTER_SERVER);
  FilterPeer client(ContextOf(ClientConfig()), HP_FILTER_CLIENT, {}, "localhost");
  for (int i = 0; i < 10; ++i) {
    LeaveAnError();
    server.Give(client.Take());
    LeaveAnError();
    client.Give(server.Take());
  }
  EXPECT_TRUE(server.is_ready());
  EXPECT_TRUE(client.is_ready());
  LeaveAnError();
  client.Finish();
  LeaveAnError();
  server.Give(client.Take());
  EXPECT_EQ(server.outcome(), HP_FILTER_ENDED);
}

TEST(Filters, MayBeClosedAtAnyTime) {
  const auto server_context = ContextOf(ServerConfig());
  const auto client_context = ContextOf(ClientConfig());
  std::string hello;
  {
    FilterPeer client(client_context, HP_FILTER_CLIENT, {}, "localhost");
    hello = client.Take();
  }
  const FilterPeer untouched(server_context, HP_FILTER_SERVER, {.starts_by_itself = false});
  FilterPeer asking(server_context, HP_FILTER_SERVER, {.asks_server_name = true});
  asking.Give(hello);
  FilterPeer waiting(server_context, HP_FILTER_SERVER);
  waiting.Give(hello);
  FilterPeer failed(server_context, HP_FILTER_SERVER);
  failed.Give("nonsense for a start");
  EXPECT_EQ(failed.outcome(), -74);
}

}  // namespace
}  // namespace hp::tls
