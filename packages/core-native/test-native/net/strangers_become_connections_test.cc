// SPDX-License-Identifier: Apache-2.0
#include "datagram_reactor.h"

namespace hp::net {
namespace {

HP_REACTOR_SUITE(DatagramPeers);

std::vector<EventKind> KindsOf(const std::vector<Event>& events) {
  std::vector<EventKind> kinds;
  for (const Event& event : events) kinds.push_back(event.kind);
  return kinds;
}

ComponentSettings Small() {
  ComponentSettings settings;
  settings.datagrams.max_bytes = 10;
  return settings;
}

TEST_P(DatagramPeers, AreAcceptedWithTheirFirstDatagram) {
  DatagramServer server(GetParam());
  server.Deliver(1001, "first");
  server.Turn();
  EXPECT_EQ(KindsOf(server.log.events()), (std::vector{EventKind::kAccept, EventKind::kReceive}));
  EXPECT_EQ(server.received(), Texts{"first"});
  EXPECT_EQ(server.Look(server.newest())->peer, Loopback(1001));
  EXPECT_EQ(server.component.connection_count(), 1U);
  EXPECT_EQ(server.counters().accepted.Read(), 1U);
}

TEST_P(DatagramPeers, StayTheSameConnectionAndTheirDatagramsWhole) {
  ComponentSettings settings;
  settings.datagrams.max_bytes = 2000;
  DatagramServer server(GetParam(), settings);
  Texts sent;
  for (std::size_t i = 0; i < 300; ++i) {
    sent.push_back(Pattern(1 + i * 131 % 2000));
    server.Deliver(1001, sent.back());
    if (i % 50 == 0) server.Settle();
  }
  server.Settle();
  EXPECT_EQ(server.received(), sent);
  EXPECT_EQ(server.log.CountOf(EventKind::kAccept), 1U);
  EXPECT_EQ(server.counters().receives.Read(), sent.size());
}

TEST_P(DatagramPeers, AreNeverMixed) {
  DatagramServer server(GetParam());
  constexpr std::uint16_t kPeers = 20;
  for (int round = 0; round < 30; ++round) {
    for (std::uint16_t peer = 0; peer < kPeers; ++peer) {
      if (round % 3 == 1 && peer % 2 == 0) continue;
      server.Deliver(peer, std::to_string(peer) + " in round " + std::to_string(round));
    }
    if (round % 4 == 0) server.Settle();
  }
  server.Settle();
  ASSERT_EQ(server.log.connections().size(), kPeers);
  for (const auto& [id, connection] : server.log.connections()) {
    const std::uint16_t peer = server.Look(connection.target)->peer.port;
    Texts expected;
    for (int round = 0; round < 30; ++round) {
      if (round % 3 == 1 && peer % 2 == 0) continue;
      expected.push_back(std::to_string(peer) + " in round " + std::to_string(round));
    }
    EXPECT_EQ(connection.messages, expected);
  }
}

TEST_P(DatagramPeers, MayBeginWithNothingAndAreAnsweredOnceTheyAreAccepted) {
  DatagramServer server(GetParam());
  server.Deliver(1001, "");
  server.Settle();
  EXPECT_EQ(KindsOf(server.log.events()), std::vector{EventKind::kAccept});
  EXPECT_EQ(TakeSent(*server.socket), Texts{});
  server.Do(CommandKind::kOpen, server.newest());
  EXPECT_EQ(TakeSent(*server.socket), Texts{"1001:"});
  server.Settle();
  EXPECT_EQ(TakeSent(*server.socket), Texts{});
}

TEST_P(DatagramPeers, AreAnsweredOnceHoweverOftenTheyAskedBefore) {
  DatagramServer server(GetParam());
  for (int i = 0; i < 3; ++i) server.Deliver(1001, "");
  server.Settle();
  server.Do(CommandKind::kOpen, server.newest());
  EXPECT_EQ(TakeSent(*server.socket), Texts{"1001:"});
}

TEST_P(DatagramPeers, AreAnsweredAtOnceWhereNobodyListensForTheAccept) {
  ComponentSettings settings;
  settings.opens_by_itself = true;
  DatagramServer server(GetParam(), settings);
  server.Deliver(1001, "");
  server.Deliver(1002, "data");
  server.Turn();
  EXPECT_EQ(TakeSent(*server.socket), Texts{"1001:"});
  EXPECT_EQ(server.log.CountOf(EventKind::kAccept), 2U);
}

TEST_P(DatagramPeers, AreAnsweredWhenTheyProbeAndNobodyIsTold) {
  DatagramServer server(GetParam());
  const Target target = server.Accept(1001);
  const Target other = server.Accept(1002);
  const std::size_t told = server.log.events().size();
  server.Deliver(1001, "");
  server.Deliver(1002, "");
  server.Deliver(1001, "");
  server.Settle();
  EXPECT_EQ(server.log.events().size(), told);
  EXPECT_EQ(TakeSent(*server.socket), (Texts{"1001:", "1002:", "1001:"}));
  EXPECT_EQ(server.Look(target)->queued(), 0U);
  EXPECT_EQ(server.Look(other)->progress.load().submitted, 0U);
}

TEST_P(DatagramPeers, ThatBeginWithTooMuchAreDroppedAndCounted) {
  DatagramServer server(GetParam(), Small());
  server.Deliver(1001, "just right");
  server.Deliver(1002, "a bit long.");
  server.Settle();
  EXPECT_EQ(server.received(), Texts{"just right"});
  EXPECT_EQ(server.log.CountOf(EventKind::kAccept), 1U);
  EXPECT_EQ(server.counters().dropped_datagrams.Read(), 1U);
  EXPECT_EQ(server.component.connection_count(), 1U);
  EXPECT_EQ(TakeSent(*server.socket), Texts{});
}

TEST_P(DatagramPeers, AreClosedByADatagramThatIsTooLongAndMayComeBack) {
  DatagramServer server(GetParam(), Small());
  const Target former = server.Accept(1001);
  server.Deliver(1001, "a bit long.");
  server.Deliver(1001, "again");
  server.Settle();
  EXPECT_TRUE(server.log[former.id].closed);
  EXPECT_EQ(server.log[former.id].operation, Operation::kReceive);
  EXPECT_EQ(server.log[former.id].error, ErrorCode::kMessageSize);
  EXPECT_EQ(server.received(former), Texts{"hello"});
  EXPECT_NE(server.newest().id, former.id);
  EXPECT_EQ(server.received(), Texts{"again"});
  EXPECT_EQ(server.component.connection_count(), 1U);
}

TEST_P(DatagramPeers, AreToldClosedOnceTheyAreDisconnected) {
  DatagramServer server(GetParam());
  const Target target = server.Accept(1001);
  const auto endpoint = server.Look(target)->endpoint;
  EXPECT_EQ(endpoint->peers.size(), 1U);
  server.Disconnect(target);
  server.Disconnect(target);
  EXPECT_EQ(endpoint->peers.size(), 0U);
  server.Settle();
  EXPECT_EQ(server.log.CountOf(EventKind::kClose), 1U);
  EXPECT_EQ(server.log[target.id].operation, Operation::kClose);
  EXPECT_EQ(server.log[target.id].error, ErrorCode::kOk);
  EXPECT_EQ(server.reactor.load(), 0U);
  EXPECT_EQ(server.component.connection_count(), 0U);
}

TEST_P(DatagramPeers, AreSomebodyNewFromTheMomentTheyAreDisconnected) {
  DatagramServer server(GetParam());
  const Target former = server.Accept(1001);
  server.Deliver(1001, "under way");
  server.Disconnect(former);
  server.Turn();
  // The close is told by now, and not seen.
  const Target next = server.newest();
  EXPECT_NE(next.id, former.id);
  EXPECT_NE(next.slot, former.slot);
  EXPECT_EQ(server.received(next), Texts{"under way"});
  EXPECT_EQ(server.received(former), Texts{"hello"});
  server.See();
  // That the former connection is gone harms nobody.
  server.Deliver(1001, "later");
  server.Settle();
  EXPECT_EQ(server.received(next), (Texts{"under way", "later"}));
  EXPECT_EQ(server.Look(former), nullptr);
  EXPECT_EQ(server.Accept(1002).slot, former.slot);
}

TEST_P(DatagramPeers, ThatAreRefusedLeaveNothingBehind) {
  DatagramServer server(GetParam());
  server.Deliver(1001, "");
  server.Deliver(1001, "not wanted");
  server.Turn();
  const auto endpoint = server.Look(server.newest())->endpoint;
  server.Disconnect(server.newest());
  server.Settle();
  EXPECT_TRUE(server.log.newest().closed);
  EXPECT_EQ(server.reactor.load(), 0U);
  EXPECT_EQ(server.component.connection_count(), 0U);
  EXPECT_EQ(endpoint->peers.size(), 0U);
  EXPECT_EQ(TakeSent(*server.socket), Texts{});
}

TEST_P(DatagramPeers, AreHarmedByNoErrorOfTheSocket) {
  DatagramServer server(GetParam());
  const Target target = server.Accept(1001);
  for (const ErrorCode error : {ErrorCode::kConnectionRefused, ErrorCode::kHostUnreachable,
                                ErrorCode::kNoBufferSpace, ErrorCode::kConnectionReset}) {
    server.Deliver(1001, "before");
    server.socket->Fail(error);
    server.Deliver(1001, "after");
    server.Settle();
  }
  EXPECT_EQ(server.received(target).size(), 9U);
  EXPECT_EQ(server.log.CountOf(EventKind::kClose), 0U);
  EXPECT_EQ(server.log.CountOf(EventKind::kAccept), 1U);
}

TEST_P(DatagramPeers, ManyAndShortLivedEachHaveAnIdOfTheirOwn) {
  DatagramServer server(GetParam());
  for (std::uint64_t i = 1; i <= 3000; ++i) {
    const Target target = server.Accept(static_cast<std::uint16_t>(i));
    ASSERT_EQ(target.id, i);
    ASSERT_EQ(target.slot, 0U);
    server.Disconnect(target);
    server.Settle();
    ASSERT_TRUE(server.log.newest().closed);
  }
  EXPECT_EQ(server.reactor.cached_connections().Read(), 1U);
}

TEST_P(DatagramPeers, OfTwoSocketsOfAServerAreApart) {
  DatagramServer server(GetParam());
  DatagramSocket second;
  const sys::Handle handle = server.backend.OpenDatagrams(second, Loopback(2));
  ASSERT_EQ(server.reactor.ServeDatagrams(server.component, handle), ErrorCode::kOk);
  const Target one = server.Accept(1001, "to the first");
  second->Deliver(Loopback(1001), "to the second");
  server.Settle();
  const Target two = server.newest();
  EXPECT_NE(one.id, two.id);
  server.Send(one, "one");
  server.Send(two, "two");
  EXPECT_EQ(TakeSent(*server.socket), Texts{"1001:one"});
  EXPECT_EQ(TakeSent(*second), Texts{"1001:two"});
}

TEST_P(DatagramPeers, OfASocketThatCannotBeServedDoNotCome) {
  TestReactor reactor(GetParam());
  DatagramSocket socket;
  const sys::Handle handle = reactor.backend.OpenDatagrams(socket, Loopback(1));
  reactor.backend.FailNextAttach(ErrorCode::kOutOfMemory);
  EXPECT_EQ(reactor.reactor.ServeDatagrams(reactor.component, handle), ErrorCode::kOutOfMemory);
  // It is the caller's again.
  EXPECT_FALSE(socket->closed());
  reactor.backend.Discard(handle);
}

}  // namespace
}  // namespace hp::net
