// SPDX-License-Identifier: Apache-2.0
#include "datagram_reactor.h"

namespace hp::net {
namespace {

HP_REACTOR_SUITE(StoppedDatagrams);

TEST_P(StoppedDatagrams, CloseTheirSocketAndLeaveTheirConnectionsToBeClosed) {
  DatagramServer server(GetParam());
  const Target target = server.Accept(1001);
  server.reactor.StopAccepting(server.component);
  EXPECT_TRUE(server.socket->closed());
  server.Settle();
  EXPECT_FALSE(server.log[target.id].closed);
  server.Disconnect(target);
  server.Settle();
  EXPECT_TRUE(server.log[target.id].closed);
  EXPECT_EQ(server.reactor.load(), 0U);
}

TEST_P(StoppedDatagrams, TouchTheSocketNoMore) {
  ComponentSettings settings = Detecting(1, 100);
  settings.datagrams.close_notify = true;
  DatagramServer server(GetParam(), settings);
  const Target first = server.Accept(1001);
  server.Deliver(1002, "");
  server.Settle();
  const Target unopened = server.newest();
  const Target flushed = server.Accept(1003);
  server.reactor.StopAccepting(server.component);
  const std::size_t calls = server.backend.send_calls();
  server.Send(first, "nobody hears this");
  server.Do(CommandKind::kOpen, unopened);
  server.Do(CommandKind::kNotifyDrain, first);
  server.Send(flushed, "nor this");
  server.Disconnect(flushed, kDisconnectFlush);
  server.Pass(50);
  EXPECT_EQ(server.backend.send_calls(), calls);
  // There is nothing to wait for.
  EXPECT_EQ(server.QueuedBytes(), 0U);
  EXPECT_EQ(server.reactor.load(), 2U);
  server.Pass(150);
  EXPECT_EQ(server.log[first.id].error, ErrorCode::kTimedOut);
  EXPECT_EQ(server.reactor.load(), 0U);
}

TEST_P(StoppedDatagrams, DropWhatWaitsForRoom) {
  DatagramServer server(GetParam());
  const Target open = server.Accept(1001);
  const Target unseen = server.Accept(1002);
  const Target flushing = server.Accept(1003);
  server.socket->LimitRoom(0);
  for (const Target& each : {flushing, open, unseen, flushing}) server.Send(each, "late");
  server.Disconnect(flushing, kDisconnectFlush);
  server.Settle();
  EXPECT_EQ(server.reactor.load(), 3U);
  server.Disconnect(unseen, kDisconnectFlush);
  server.Turn();
  server.reactor.StopAccepting(server.component);
  EXPECT_EQ(server.reactor.load(), 2U);
  server.Settle();
  EXPECT_EQ(server.reactor.load(), 1U);
  server.Disconnect(open, kDisconnectFlush);
  server.Settle();
  EXPECT_EQ(server.reactor.load(), 0U);
  EXPECT_EQ(server.QueuedBytes(), 0U);
}

TEST_P(StoppedDatagrams, ForgetTheSocketWithTheLastConnection) {
  DatagramServer server(GetParam());
  const Target first = server.Accept(1001);
  const Target second = server.Accept(1002);
  const std::weak_ptr<DatagramEndpoint> endpoint = server.Look(first)->endpoint;
  server.reactor.StopAccepting(server.component);
  server.Disconnect(first);
  server.Settle();
  EXPECT_FALSE(endpoint.expired());
  server.Disconnect(second);
  server.Settle();
  EXPECT_TRUE(endpoint.expired());
}

TEST_P(StoppedDatagrams, AnswerNoLateCompletion) {
  DatagramServer server(GetParam());
  const Target target = server.Accept(1001);
  const sys::Token token = server.Look(target)->endpoint->socket.token;
  using Kind = sys::Completion::Kind;
  server.reactor.StopAccepting(server.component);
  for (const Kind kind : {Kind::kReadable, Kind::kSent, Kind::kConnected, Kind::kAccepted}) {
    server.backend.Inject(
        {.token = token, .bytes = 1, .error = ErrorCode::kConnectionReset, .kind = kind});
  }
  const std::uint64_t calls = server.counters().receive_calls.Read();
  server.Settle();
  EXPECT_EQ(server.counters().receive_calls.Read(), calls);
  EXPECT_FALSE(server.log[target.id].closed);
  // Not even when the next socket is there.
  DatagramSocket next;
  ASSERT_EQ(server.reactor.ServeDatagrams(server.component,
                                          server.backend.OpenDatagrams(next, Loopback(2))),
            ErrorCode::kOk);
  server.backend.Inject({.token = token, .kind = Kind::kReadable});
  server.Settle();
  EXPECT_EQ(server.counters().receive_calls.Read(), calls);
}

TEST_P(StoppedDatagrams, AreToldToNobodyWhatWasReceivedAndNotToldYet) {
  DatagramServer server(GetParam());
  const Target target = server.Accept(1001);
  server.memory.set_stock(1);
  for (int i = 0; i < 5; ++i) server.Deliver(1001, "data");
  server.Deliver(1002, "stranger");
  server.Settle();
  server.reactor.StopAccepting(server.component);
  server.memory.set_stock(TestMemory::kUnlimited);
  server.Settle();
  EXPECT_EQ(server.received(target), (Texts{"hello", "data"}));
  EXPECT_EQ(server.log.CountOf(EventKind::kAccept), 1U);
  EXPECT_FALSE(server.reactor.HasWork());
}

TEST_P(StoppedDatagrams, LeaveTheSocketsOfOthersAlone) {
  DatagramServer server(GetParam());
  Component other(8, {}, 1, 1000);
  DatagramSocket socket;
  ASSERT_EQ(server.reactor.ServeDatagrams(other, server.backend.OpenDatagrams(socket, Loopback(2))),
            ErrorCode::kOk);
  server.reactor.StopAccepting(server.component);
  EXPECT_TRUE(server.socket->closed());
  EXPECT_FALSE(socket->closed());
  socket->Deliver(Loopback(1001), "still served");
  server.Settle();
  EXPECT_EQ(server.received(), Texts{"still served"});
  server.reactor.CloseAll();
}

TEST_P(StoppedDatagrams, MayBeAClientsWithItsConnectionOpen) {
  DatagramClient client(GetParam(), Detecting(1, 100));
  client.Open();
  client.Settle();
  client.reactor.StopAccepting(client.component);
  EXPECT_TRUE(client.socket->closed());
  client.Send(client.target, "nobody hears this");
  client.Pass(300);
  EXPECT_EQ(client.told().error, ErrorCode::kTimedOut);
  EXPECT_EQ(client.reactor.load(), 0U);
}

TEST_P(StoppedDatagrams, InEveryStateAreLetGoByClosingAll) {
  ComponentSettings settings = Detecting(3, 100);
  settings.datagrams.close_notify = true;
  DatagramServer server(GetParam(), settings);
  server.Accept(1000);
  const Target unseen = server.Accept(1001);
  const Target flushing = server.Accept(1002);
  const Target waiting = server.Accept(1003);
  DatagramSocket client;
  server.reactor.AdoptDatagrams(server.component, server.component.TakeId(),
                                server.backend.OpenDatagrams(client, Loopback(3), Loopback(4)),
                                Loopback(4), DatagramEndpoint::Role::kClient, true);
  DatagramSocket cast;
  server.reactor.AdoptDatagrams(server.component, server.component.TakeId(),
                                server.backend.OpenDatagrams(cast, Loopback(5)), Loopback(6),
                                DatagramEndpoint::Role::kCast, true);
  client->Deliver(Loopback(4), "early");
  server.Settle();
  server.socket->LimitRoom(0);
  for (const Target& each : {flushing, waiting, unseen, flushing}) server.Send(each, "waits");
  server.Disconnect(flushing, kDisconnectFlush);
  server.Settle();
  server.memory.set_stock(0);
  for (int i = 0; i < 5; ++i) server.Deliver(1000, "not told");
  server.Turn();
  server.Disconnect(unseen, kDisconnectFlush);
  server.Turn();
}

}  // namespace
}  // namespace hp::net
