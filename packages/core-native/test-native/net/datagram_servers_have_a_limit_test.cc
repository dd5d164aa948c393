// SPDX-License-Identifier: Apache-2.0
#include "datagram_reactor.h"

namespace hp::net {
namespace {

HP_REACTOR_SUITE(DatagramLimit);

ComponentSettings AtMost(std::uint32_t connections) {
  ComponentSettings settings;
  settings.max_connections = connections;
  settings.tells_rejects = true;
  return settings;
}

TEST_P(DatagramLimit, DropsStrangersBeyondItAndCountsEachDatagram) {
  DatagramServer server(GetParam(), AtMost(2));
  server.Accept(1001);
  server.Accept(1002);
  for (int i = 0; i < 3; ++i) server.Deliver(1003, "let me in");
  server.Deliver(1004, "");
  server.Settle();
  EXPECT_EQ(server.log.CountOf(EventKind::kAccept), 2U);
  EXPECT_EQ(server.component.connection_count(), 2U);
  EXPECT_EQ(server.counters().rejected.Read(), 4U);
  EXPECT_EQ(TakeSent(*server.socket), Texts{});
}

TEST_P(DatagramLimit, IsToldAtMostOnceATurn) {
  DatagramServer server(GetParam(), AtMost(1));
  server.Accept(1001);
  for (int i = 0; i < 1000; ++i) {
    server.Deliver(static_cast<std::uint16_t>(2000 + i), "let me in");
  }
  std::size_t told = 0;
  for (int turn = 0; turn < 50; ++turn) {
    server.Turn();
    server.See();
    const std::size_t now = server.log.CountOf(EventKind::kReject);
    EXPECT_LE(now, told + 1);
    told = now;
  }
  EXPECT_GE(told, 1U);
  EXPECT_EQ(server.counters().rejected.Read(), 1000U);
  const Event& reject = server.log.events().back();
  EXPECT_EQ(reject.kind, EventKind::kReject);
  EXPECT_EQ(reject.a, server.component.index());
  EXPECT_EQ(static_cast<ErrorCode>(reject.error), ErrorCode::kConnectionLimit);
}

TEST_P(DatagramLimit, OfOneServerIsToldWhateverAnotherRejects) {
  DatagramServer server(GetParam(), AtMost(1));
  Component other(8, AtMost(1), 1, 1000);
  DatagramSocket socket;
  ASSERT_EQ(server.reactor.ServeDatagrams(other, server.backend.OpenDatagrams(socket, Loopback(2))),
            ErrorCode::kOk);
  server.Accept(1001);
  socket->Deliver(Loopback(1001), "hello");
  server.Settle();
  for (std::uint16_t peer = 2000; peer < 2003; ++peer) {
    server.Deliver(peer, "let me in");
    socket->Deliver(Loopback(peer), "let me in");
  }
  server.Turn();
  EXPECT_EQ(server.log.CountOf(EventKind::kReject), 2U);
  server.reactor.CloseAll();
}

TEST_P(DatagramLimit, IsToldNobodyWhoDidNotAsk) {
  ComponentSettings settings = AtMost(1);
  settings.tells_rejects = false;
  DatagramServer server(GetParam(), settings);
  server.Accept(1001);
  server.Deliver(1002, "let me in");
  server.Settle();
  EXPECT_EQ(server.log.CountOf(EventKind::kReject), 0U);
  EXPECT_EQ(server.counters().rejected.Read(), 1U);
}

TEST_P(DatagramLimit, LeavesThoseWhoAreInAlone) {
  DatagramServer server(GetParam(), AtMost(1));
  const Target target = server.Accept(1001, "0");
  for (int i = 1; i < 5; ++i) {
    server.Deliver(1002, "let me in");
    server.Deliver(1001, std::to_string(i));
    server.Deliver(1001, "");
  }
  server.Settle();
  EXPECT_EQ(server.received(target), (Texts{"0", "1", "2", "3", "4"}));
  EXPECT_EQ(TakeSent(*server.socket), (Texts{"1001:", "1001:", "1001:", "1001:"}));
  server.Send(target, "still here");
  EXPECT_EQ(TakeSent(*server.socket), Texts{"1001:still here"});
}

TEST_P(DatagramLimit, MakesRoomWhenJavaScriptHasSeenAClose) {
  DatagramServer server(GetParam(), AtMost(1));
  const Target first = server.Accept(1001);
  server.Disconnect(first);
  server.Turn();
  server.Deliver(1002, "too soon");
  server.Turn();
  EXPECT_EQ(server.counters().rejected.Read(), 1U);
  server.See();
  server.Accept(1002, "now");
  EXPECT_EQ(server.received(), Texts{"now"});
}

}  // namespace
}  // namespace hp::net
