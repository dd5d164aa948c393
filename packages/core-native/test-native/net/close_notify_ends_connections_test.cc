// SPDX-License-Identifier: Apache-2.0
#include "datagram_reactor.h"
#include "net/close_notify.h"

namespace hp::net {
namespace {

HP_REACTOR_SUITE(CloseNotices);

const std::string kNotice(reinterpret_cast<const char*>(kCloseNotify.data()), kCloseNotify.size());

std::string NoticeTo(std::uint16_t peer) { return std::to_string(peer) + ":" + kNotice; }

TEST_P(CloseNotices, AreSixteenBytesThatHpSocketKnows) {
  EXPECT_EQ(kNotice, "\xbe\xb6\x1f\xeb\xda\x52\x46\xba\x92\x33\x59\xdb\xbf\xe6\xc8\xe4");
}

TEST_P(CloseNotices, AreSentBehindWhatWasSentBeforeADisconnect) {
  DatagramServer server(GetParam(), Notifying());
  const Target target = server.Accept(1001);
  const Target other = server.Accept(1002);
  server.commands.AddWithBytes(CommandKind::kSend, target, "goodbye");
  server.commands.AddWithBytes(CommandKind::kSend, other, "hello");
  server.commands.AddDisconnect(target, Operation::kClose, ErrorCode::kOk);
  server.Flush();
  server.Settle();
  const Texts sent = TakeSent(*server.socket);
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_NE(std::ranges::find(sent, "1002:hello"), sent.end());
  const auto goodbye = std::ranges::find(sent, "1001:goodbye");
  EXPECT_NE(std::find(goodbye, sent.end(), NoticeTo(1001)), sent.end());
}

TEST_P(CloseNotices, AreSentOnceEvenWhereADisconnectIsRepeated) {
  DatagramServer server(GetParam(), Notifying());
  const Target target = server.Accept(1001);
  server.Disconnect(target);
  server.Disconnect(target);
  server.Settle();
  server.Disconnect(target);
  EXPECT_EQ(TakeSent(*server.socket), Texts{NoticeTo(1001)});
}

TEST_P(CloseNotices, AreSentToThoseWhoSendTooMuch) {
  ComponentSettings settings = Notifying();
  settings.datagrams.max_bytes = 20;
  DatagramServer server(GetParam(), settings);
  server.Accept(1001);
  server.Deliver(1001, "");
  server.Deliver(1001, "more than there is room for");
  server.Settle();
  EXPECT_EQ(TakeSent(*server.socket), (Texts{"1001:", NoticeTo(1001)}));
  EXPECT_EQ(server.log.newest().error, ErrorCode::kMessageSize);
}

TEST_P(CloseNotices, AreSentToStrangersOverTheLimit) {
  ComponentSettings settings = Notifying();
  settings.max_connections = 1;
  DatagramServer server(GetParam(), settings);
  const Target target = server.Accept(1001);
  server.Deliver(1001, "");
  server.Deliver(1002, "let me in");
  server.Settle();
  Texts sent = TakeSent(*server.socket);
  std::ranges::sort(sent);
  EXPECT_EQ(sent, (Texts{"1001:", NoticeTo(1002)}));
  EXPECT_FALSE(server.log[target.id].closed);
}

TEST_P(CloseNotices, ToStrangersAreNotKeptWhereThereIsNoRoom) {
  ComponentSettings settings = Notifying();
  settings.max_connections = 1;
  DatagramServer server(GetParam(), settings);
  const Target target = server.Accept(1001);
  server.socket->LimitRoom(0);
  for (std::uint16_t peer = 2000; peer < 2010; ++peer) server.Deliver(peer, "let me in");
  server.Settle();
  server.Send(target, "data");
  EXPECT_EQ(server.Look(target)->queued(), 4U);
  server.socket->LimitRoom(100);
  server.Settle();
  const Texts sent = TakeSent(*server.socket);
  // What a completion has copied goes out.
  EXPECT_LE(sent.size(), 2U);
  EXPECT_EQ(sent.back(), "1001:data");
  EXPECT_EQ(server.counters().rejected.Read(), 10U);
}

TEST_P(CloseNotices, AreSentToThoseWhoAreSilentForTooLong) {
  ComponentSettings idle = Notifying();
  idle.idle_timeout_ms = 200;
  ComponentSettings detecting = Detecting(1, 100);
  detecting.datagrams.close_notify = true;
  for (const ComponentSettings& settings : {idle, detecting}) {
    DatagramServer server(GetParam(), settings);
    server.Accept(1001);
    server.Pass(200);
    EXPECT_EQ(server.log.newest().error, ErrorCode::kTimedOut);
    EXPECT_EQ(TakeSent(*server.socket), Texts{NoticeTo(1001)});
    DatagramClient client(GetParam(), settings);
    client.Open();
    client.Pass(200);
    EXPECT_EQ(client.told().error, ErrorCode::kTimedOut);
    EXPECT_EQ(TakeSent(*client.socket).back(), NoticeTo(DatagramClient::kServerPort));
  }
}

TEST_P(CloseNotices, AreBelievedAndNotAnswered) {
  DatagramServer server(GetParam(), Notifying());
  const Target target = server.Accept(1001, "before");
  server.Deliver(1001, kNotice);
  server.Settle();
  EXPECT_TRUE(server.log[target.id].closed);
  EXPECT_EQ(server.log[target.id].operation, Operation::kClose);
  EXPECT_EQ(server.log[target.id].error, ErrorCode::kOk);
  EXPECT_EQ(server.received(target), Texts{"before"});
  EXPECT_EQ(TakeSent(*server.socket), Texts{});
  EXPECT_EQ(server.reactor.load(), 0U);
}

TEST_P(CloseNotices, OfAServerEndItsClient) {
  DatagramClient client(GetParam(), Notifying());
  client.Open();
  client.Settle();
  TakeSent(*client.socket);
  client.Deliver(kNotice);
  client.Settle();
  EXPECT_TRUE(client.told().closed);
  EXPECT_EQ(client.told().operation, Operation::kClose);
  EXPECT_EQ(client.told().error, ErrorCode::kOk);
  EXPECT_EQ(TakeSent(*client.socket), Texts{});
}

TEST_P(CloseNotices, OfAClientTellItsServer) {
  DatagramClient client(GetParam(), Notifying());
  client.Open();
  TakeSent(*client.socket);
  client.Disconnect(client.target);
  EXPECT_EQ(TakeSent(*client.socket), Texts{NoticeTo(DatagramClient::kServerPort)});
}

TEST_P(CloseNotices, OfStrangersAreDropped) {
  DatagramServer server(GetParam(), Notifying());
  server.Deliver(1001, kNotice);
  server.Settle();
  EXPECT_EQ(server.log.events().size(), 0U);
  EXPECT_EQ(server.counters().dropped_datagrams.Read(), 1U);
  EXPECT_EQ(TakeSent(*server.socket), Texts{});
}

TEST_P(CloseNotices, AreThatOnlyWhereEveryByteIs) {
  DatagramServer server(GetParam(), Notifying());
  const Texts almost = {kNotice.substr(1), kNotice + "x", "x" + kNotice.substr(1)};
  const Target target = server.Accept(1001, almost[0]);
  for (std::size_t i = 1; i < almost.size(); ++i) server.Deliver(1001, almost[i]);
  server.Settle();
  EXPECT_EQ(server.received(target), almost);
}

TEST_P(CloseNotices, AreDataWhereTheyAreNotAskedFor) {
  DatagramServer server(GetParam());
  const Target target = server.Accept(1001, kNotice);
  server.Deliver(1001, kNotice);
  server.Settle();
  EXPECT_EQ(server.received(target), (Texts{kNotice, kNotice}));
  server.Disconnect(target);
  server.Settle();
  EXPECT_EQ(TakeSent(*server.socket), Texts{});
}

}  // namespace
}  // namespace hp::net
