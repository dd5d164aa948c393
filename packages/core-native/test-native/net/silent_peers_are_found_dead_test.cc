// SPDX-License-Identifier: Apache-2.0
#include "datagram_reactor.h"

namespace hp::net {
namespace {

HP_REACTOR_SUITE(SilentPeers);

void ExpectDead(DatagramServer& server, const Target& target) {
  EXPECT_TRUE(server.log[target.id].closed);
  EXPECT_EQ(server.log[target.id].operation, Operation::kClose);
  EXPECT_EQ(server.log[target.id].error, ErrorCode::kTimedOut);
}

TEST_P(SilentPeers, AreClosedOneIntervalAfterAsManyAsThereAreAttempts) {
  DatagramServer server(GetParam(), Detecting(3, 100));
  const Target target = server.Accept(1001);
  server.Pass(399);
  EXPECT_FALSE(server.log[target.id].closed);
  server.Pass(1);
  ExpectDead(server, target);
  EXPECT_EQ(server.reactor.load(), 0U);
  // A server probes nobody.
  EXPECT_EQ(TakeSent(*server.socket), Texts{});
}

TEST_P(SilentPeers, AreCountedFromTheirLastDatagramWhateverItWas) {
  DatagramServer server(GetParam(), Detecting(1, 100));
  const Target target = server.Accept(1001);
  for (int i = 0; i < 20; ++i) {
    server.Pass(150);
    server.Deliver(1001, i % 2 == 0 ? "" : "data");
    server.Settle();
    ASSERT_FALSE(server.log[target.id].closed);
  }
  server.Pass(199);
  EXPECT_FALSE(server.log[target.id].closed);
  server.Pass(1);
  ExpectDead(server, target);
}

TEST_P(SilentPeers, AreNoneOfThoseWhoSpeak) {
  DatagramServer server(GetParam(), Detecting(1, 100));
  const Target silent = server.Accept(1001);
  const Target speaks = server.Accept(1002);
  for (int i = 0; i < 4; ++i) {
    server.Pass(60);
    server.Deliver(1002, "");
    server.Settle();
  }
  ExpectDead(server, silent);
  EXPECT_FALSE(server.log[speaks.id].closed);
}

TEST_P(SilentPeers, DoNotSpeakByBeingSentTo) {
  DatagramServer server(GetParam(), Detecting(1, 100));
  const Target target = server.Accept(1001);
  for (int i = 0; i < 4; ++i) {
    server.Pass(50);
    server.Send(target, "data");
  }
  server.Settle();
  ExpectDead(server, target);
}

TEST_P(SilentPeers, AreLeftAloneWhereDetectionIsOff) {
  for (const auto& settings : {Detecting(0, 100), Detecting(3, 0)}) {
    DatagramServer server(GetParam(), settings);
    const Target target = server.Accept(1001);
    server.Pass(100'000);
    EXPECT_FALSE(server.log[target.id].closed);
    EXPECT_FALSE(server.reactor.NextTimer());
  }
}

TEST_P(SilentPeers, MayBeIdleSoonerThanDead) {
  ComponentSettings settings = Detecting(3, 100);
  settings.idle_timeout_ms = 150;
  DatagramServer server(GetParam(), settings);
  const Target target = server.Accept(1001);
  // Probes are no traffic.
  for (int i = 0; i < 2; ++i) {
    server.Pass(70);
    server.Deliver(1001, "");
    server.Settle();
  }
  EXPECT_FALSE(server.log[target.id].closed);
  server.Pass(10);
  ExpectDead(server, target);
}

TEST_P(SilentPeers, AreNotJudgedBeforeAllThatHasArrivedIsRead) {
  ComponentSettings settings = Detecting(1, 100);
  settings.datagrams.receives = 4;
  DatagramServer server(GetParam(), settings);
  const Target target = server.Accept(1001);
  const Target other = server.Accept(1002);
  // JavaScript is busy; what it does not take keeps the probe from being read.
  server.memory.set_stock(0);
  for (int i = 0; i < 50; ++i) server.Deliver(1002, "data");
  server.Deliver(1001, "");
  server.Pass(5000);
  EXPECT_FALSE(server.log[target.id].closed);
  server.memory.set_stock(TestMemory::kUnlimited);
  server.Settle();
  server.Pass(199);
  EXPECT_FALSE(server.log[target.id].closed);
  EXPECT_FALSE(server.log[other.id].closed);
  server.Pass(1);
  ExpectDead(server, target);
  ExpectDead(server, other);
}

TEST_P(SilentPeers, AreNotJudgedByWhatIsReceivedAndNotToldYet) {
  DatagramServer server(GetParam(), Detecting(1, 100));
  const Target target = server.Accept(1001);
  server.Accept(1002);
  server.memory.set_stock(0);
  // All of it is taken from the system in one call.
  server.Deliver(1002, "data");
  server.Deliver(1001, "");
  server.Pass(5000);
  EXPECT_FALSE(server.log[target.id].closed);
  server.memory.set_stock(TestMemory::kUnlimited);
  server.Settle();
  server.Pass(199);
  EXPECT_FALSE(server.log[target.id].closed);
  server.Pass(1);
  ExpectDead(server, target);
}

TEST_P(SilentPeers, WhoSpokeWhileTheReactorSleptAreHeardFirst) {
  DatagramServer server(GetParam(), Detecting(1, 100));
  const Target target = server.Accept(1001);
  const Target silent = server.Accept(1002);
  server.Settle();
  // No turn in between, as when JavaScript does something else for long.
  server.backend.AdvanceClock(5000);
  server.Deliver(1001, "");
  server.Turn();
  EXPECT_FALSE(server.log[target.id].closed);
  ExpectDead(server, silent);
}

TEST_P(SilentPeers, CostNoTimerForEachDatagram) {
  DatagramServer server(GetParam(), Detecting(3, 100));
  server.Accept(1001);
  const auto first = server.reactor.NextTimer();
  for (int i = 0; i < 30; ++i) {
    server.Deliver(1001, "data");
    server.Pass(10);
    EXPECT_LE(server.reactor.NextTimer(), first.value() + 64);
  }
}

}  // namespace
}  // namespace hp::net
