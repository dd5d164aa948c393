// SPDX-License-Identifier: Apache-2.0
#include "reactor_fixture.h"

namespace hp::net {
namespace {

HP_REACTOR_SUITE(Deadlines);

ComponentSettings Idle(IdleMeasure measure) {
  ComponentSettings settings;
  settings.idle_timeout_ms = 1000;
  settings.idle_measure = measure;
  return settings;
}

void ExpectTimedOut(TestReactor& reactor) {
  EXPECT_TRUE(reactor.log.newest().closed);
  EXPECT_EQ(reactor.log.newest().operation, Operation::kClose);
  EXPECT_EQ(reactor.log.newest().error, ErrorCode::kTimedOut);
  EXPECT_EQ(reactor.reactor.load(), 0U);
}

TEST_P(Deadlines, CloseAConnectionOnWhichNothingHappens) {
  for (const IdleMeasure measure :
       {IdleMeasure::kReceive, IdleMeasure::kSend, IdleMeasure::kBoth}) {
    TestReactor reactor(GetParam(), Idle(measure));
    const auto peer = reactor.Accept();
    reactor.Pass(999);
    EXPECT_FALSE(reactor.log.newest().closed);
    reactor.Pass(1);
    ExpectTimedOut(reactor);
    EXPECT_TRUE(peer->ended());
  }
}

// Receives, or sends, every 600 ms for a while, and says how long that kept the
// connection open.
std::uint64_t OpenWhile(sys::FakeStyle style, IdleMeasure measure, bool receives) {
  TestReactor reactor(style, Idle(measure));
  const auto peer = reactor.Accept();
  const std::uint64_t start = reactor.backend.NowMs();
  for (int i = 0; i < 5 && !reactor.log.newest().closed; ++i) {
    reactor.Pass(600);
    if (receives) {
      peer->Send("x");
    } else {
      reactor.Send(reactor.newest(), "x");
    }
    reactor.Settle();
  }
  while (!reactor.log.newest().closed) reactor.Pass(1);
  return reactor.backend.NowMs() - start;
}

TEST_P(Deadlines, CountFromWhatIsMeasured) {
  for (const bool receives : {true, false}) {
    const auto while_active = [&](IdleMeasure measure) {
      return OpenWhile(GetParam(), measure, receives);
    };
    // Looked at every 600 ms, so that the time found is one of those.
    EXPECT_EQ(while_active(IdleMeasure::kReceive), receives ? 4000U : 1200U);
    EXPECT_EQ(while_active(IdleMeasure::kSend), receives ? 1200U : 4000U);
    EXPECT_EQ(while_active(IdleMeasure::kBoth), 4000U);
  }
}

TEST_P(Deadlines, EndALifeHoweverBusyItIs) {
  ComponentSettings settings;
  settings.max_lifetime_ms = 5000;
  TestReactor reactor(GetParam(), settings);
  const auto peer = reactor.Accept();
  for (int i = 0; i < 49; ++i) {
    reactor.Pass(100);
    peer->Send("x");
    reactor.Send(reactor.newest(), "y");
    peer->Receive();
  }
  EXPECT_FALSE(reactor.log.newest().closed);
  reactor.Pass(100);
  ExpectTimedOut(reactor);
}

TEST_P(Deadlines, TakeWhicheverComesFirst) {
  ComponentSettings settings = Idle(IdleMeasure::kReceive);
  settings.max_lifetime_ms = 500;
  TestReactor reactor(GetParam(), settings);
  const auto peer = reactor.Accept();
  reactor.Pass(499);
  EXPECT_FALSE(reactor.log.newest().closed);
  reactor.Pass(1);
  ExpectTimedOut(reactor);
}

TEST_P(Deadlines, CostABusyConnectionOneLookATimeOut) {
  TestReactor reactor(GetParam(), Idle(IdleMeasure::kReceive));
  const auto peer = reactor.Accept();
  const auto first = reactor.reactor.NextTimer();
  for (int i = 0; i < 90; ++i) {
    peer->Send("x");
    reactor.Pass(10);
    EXPECT_LE(reactor.reactor.NextTimer(), first.value() + 64);
  }
}

TEST_P(Deadlines, CountBytesThatAreReceivedAfterALongSleep) {
  TestReactor reactor(GetParam(), Idle(IdleMeasure::kReceive));
  const auto peer = reactor.Accept();
  reactor.Do(CommandKind::kPause, reactor.newest());
  peer->Send("x");
  reactor.Settle();
  // No turn in between, as when a loop has nothing to do.
  reactor.backend.AdvanceClock(900);
  reactor.Do(CommandKind::kResume, reactor.newest());
  reactor.Settle();
  ASSERT_EQ(reactor.log.newest().received, "x");
  reactor.Pass(500);
  EXPECT_FALSE(reactor.log.newest().closed);
  reactor.Pass(500);
  ExpectTimedOut(reactor);
}

TEST_P(Deadlines, CountBytesThatAreSentAfterALongSleep) {
  TestReactor reactor(GetParam(), Idle(IdleMeasure::kSend));
  const auto peer = reactor.Accept();
  reactor.Settle();
  reactor.backend.AdvanceClock(900);
  reactor.Send(reactor.newest(), "x");
  reactor.Pass(500);
  EXPECT_FALSE(reactor.log.newest().closed);
  reactor.backend.AdvanceClock(400);
  reactor.SendNow(reactor.newest(), "y");
  reactor.Pass(900);
  EXPECT_FALSE(reactor.log.newest().closed);
  reactor.Pass(100);
  ExpectTimedOut(reactor);
}

TEST_P(Deadlines, CountFromTheMomentAConnectionIsHandedOver) {
  TestReactor reactor(GetParam(), Idle(IdleMeasure::kReceive));
  reactor.Settle();
  reactor.backend.AdvanceClock(60'000);
  std::unique_ptr<sys::FakePeer> peer;
  const sys::Handle handle = reactor.backend.OpenConnected(peer);
  const std::uint64_t id = reactor.component.TakeId();
  reactor.reactor.ReadClock();
  const std::uint32_t slot =
      reactor.reactor.AdoptConnected(reactor.component, id, handle, Loopback(9), nullptr);
  reactor.log.HandedOver({.slot = slot, .id = id});
  reactor.Pass(990);
  EXPECT_FALSE(reactor.log[id].closed);
  reactor.Pass(10);
  EXPECT_TRUE(reactor.log[id].closed);
}

TEST_P(Deadlines, OfManyConnectionsAreEachKept) {
  TestReactor reactor(GetParam(), Idle(IdleMeasure::kReceive));
  std::vector<std::unique_ptr<sys::FakePeer>> peers;
  for (int i = 0; i < 100; ++i) {
    peers.push_back(reactor.Accept());
    reactor.Pass(5);
  }
  EXPECT_EQ(reactor.log.CountOf(EventKind::kClose), 0U);
  reactor.Pass(500);
  // The first was accepted 1,000 ms ago, the next 995, and so on.
  EXPECT_EQ(reactor.log.CountOf(EventKind::kClose), 1U);
  reactor.Pass(250);
  EXPECT_EQ(reactor.log.CountOf(EventKind::kClose), 51U);
  reactor.Pass(250);
  EXPECT_EQ(reactor.log.CountOf(EventKind::kClose), 100U);
}

}  // namespace
}  // namespace hp::net
