// SPDX-License-Identifier: Apache-2.0
#include "reactor_fixture.h"

namespace hp::net {
namespace {

HP_REACTOR_SUITE(Receiving);

TEST_P(Receiving, StartsWhenTheConnectionIsOpened) {
  TestReactor reactor(GetParam());
  const auto peer = reactor.Dial();
  peer->Send("early");
  peer->FinishSending();
  reactor.Settle();
  EXPECT_TRUE(reactor.log.newest().opened);
  EXPECT_EQ(reactor.log.newest().received, "");
  EXPECT_FALSE(reactor.log.newest().closed);
  reactor.Do(CommandKind::kOpen, reactor.newest());
  reactor.Settle();
  EXPECT_EQ(reactor.log.newest().received, "early");
  EXPECT_TRUE(reactor.log.newest().closed);
}

TEST_P(Receiving, StartsByItselfWhereNobodyListensForTheAccept) {
  ComponentSettings settings;
  settings.opens_by_itself = true;
  TestReactor reactor(GetParam(), settings);
  const auto peer = reactor.Dial();
  peer->Send("early");
  reactor.Settle();
  EXPECT_EQ(reactor.log.newest().received, "early");
}

TEST_P(Receiving, IsWorthAnotherTurnWhereAllThatIsToldAreConnectionsThatReceive) {
  for (const bool opens_by_itself : {true, false}) {
    ComponentSettings settings;
    settings.opens_by_itself = opens_by_itself;
    TestReactor reactor(GetParam(), settings);
    EXPECT_FALSE(reactor.reactor.HasOnlyOpenings());
    const auto peer = reactor.Dial();
    reactor.reactor.Turn(0);
    EXPECT_EQ(reactor.reactor.HasOnlyOpenings(), opens_by_itself);
    peer->Send("early");
    reactor.reactor.Turn(0);
    EXPECT_FALSE(reactor.reactor.HasOnlyOpenings());
    reactor.Settle();
    EXPECT_EQ(reactor.log.newest().received, opens_by_itself ? "early" : "");
  }
}

TEST_P(Receiving, OfAConnectionThatWasRefusedNeverStarts) {
  TestReactor reactor(GetParam());
  const auto peer = reactor.Dial();
  peer->Send("early");
  reactor.Settle();
  reactor.Disconnect(reactor.newest());
  reactor.Settle();
  EXPECT_EQ(reactor.log.newest().received, "");
  EXPECT_TRUE(reactor.log.newest().closed);
}

TEST_P(Receiving, PausesAndResumesWithoutLoss) {
  TestReactor reactor(GetParam());
  const auto peer = reactor.Accept();
  const Target target = reactor.newest();
  const std::string bytes = Pattern(10'000);
  for (std::size_t at = 0; at < bytes.size(); at += 100) {
    if (at % 300 == 0) reactor.Do(CommandKind::kPause, target);
    if (at % 700 == 0) reactor.Do(CommandKind::kResume, target);
    if (at % 500 == 0) reactor.Do(CommandKind::kHold, target);
    if (at % 1100 == 0) reactor.Do(CommandKind::kUnhold, target);
    ASSERT_EQ(peer->Send(bytes.substr(at, 100)), 100U);
    if (at % 900 == 0) reactor.Settle();
  }
  reactor.Do(CommandKind::kPause, target);
  peer->FinishSending();
  reactor.Do(CommandKind::kUnhold, target);
  reactor.Settle();
  EXPECT_FALSE(reactor.log[target.id].closed);
  reactor.Do(CommandKind::kResume, target);
  reactor.Settle();
  EXPECT_EQ(reactor.log[target.id].received, bytes);
  EXPECT_TRUE(reactor.log[target.id].closed);
}

TEST_P(Receiving, OfAPausedConnectionCostsNothing) {
  TestReactor reactor(GetParam());
  const auto peer = reactor.Accept();
  const Target target = reactor.newest();
  peer->Send("one");
  reactor.Do(CommandKind::kPause, target);
  reactor.Settle();
  peer->Send("two");
  peer->Reset();
  reactor.Settle();
  EXPECT_FALSE(reactor.reactor.HasWork());
  const std::uint64_t calls = reactor.component.counters(0).receive_calls.Read();
  reactor.Pass(1000);
  EXPECT_EQ(reactor.component.counters(0).receive_calls.Read(), calls);
  reactor.Do(CommandKind::kResume, target);
  reactor.Settle();
  EXPECT_TRUE(reactor.log[target.id].closed);
  EXPECT_EQ(reactor.log[target.id].operation, Operation::kReceive);
  EXPECT_EQ(reactor.log[target.id].error, ErrorCode::kConnectionReset);
}

TEST_P(Receiving, NeverAsksForMoreThanTheLimit) {
  ComponentSettings settings;
  settings.receive_limit = 300;
  TestReactor reactor(GetParam(), settings);
  const auto peer = reactor.Accept();
  peer->Send(Pattern(1000));
  reactor.Settle();
  EXPECT_EQ(reactor.memory.largest_request(), 300U);
  EXPECT_EQ(reactor.log.newest().received, Pattern(1000));
  EXPECT_EQ(reactor.log.CountOf(EventKind::kReceive), 4U);
}

TEST_P(Receiving, WaitsForMemoryWithoutSpinning) {
  ComponentSettings settings;
  settings.receive_limit = 100;
  TestReactor reactor(GetParam(), settings);
  const auto first_peer = reactor.Accept();
  const Target first = reactor.newest();
  const auto second_peer = reactor.Accept();
  const Target second = reactor.newest();
  reactor.memory.set_stock(3);
  first_peer->Send(Pattern(500));
  second_peer->Send("short");
  reactor.Settle();
  EXPECT_EQ(reactor.log.CountOf(EventKind::kReceive), 3U);
  EXPECT_FALSE(reactor.reactor.HasWork());
  // Sending goes on.
  reactor.Send(first, "answer");
  EXPECT_EQ(first_peer->Receive(), "answer");
  reactor.memory.set_stock(1);
  EXPECT_TRUE(reactor.reactor.HasWork());
  reactor.Settle();
  EXPECT_EQ(reactor.log.CountOf(EventKind::kReceive), 4U);
  reactor.memory.set_stock(TestMemory::kUnlimited);
  reactor.Settle();
  EXPECT_EQ(reactor.log[first.id].received, Pattern(500));
  EXPECT_EQ(reactor.log[second.id].received, "short");
}

TEST_P(Receiving, WaitsForJavaScriptWhenMuchIsUndelivered) {
  ComponentSettings settings;
  settings.receive_limit = 100;
  TestReactor reactor(GetParam(), settings, {.undelivered_bytes = 1000});
  const auto peer = reactor.Accept();
  const Target target = reactor.newest();
  const std::string bytes = Pattern(5000);
  peer->Send(bytes);
  for (int i = 0; i < 100; ++i) reactor.Turn();
  EXPECT_EQ(reactor.log[target.id].received.size(), 1100U);
  EXPECT_FALSE(reactor.reactor.HasWork());
  reactor.See();
  reactor.Settle();
  EXPECT_EQ(reactor.log[target.id].received, bytes);
  peer->Close();
  reactor.Settle();
  EXPECT_TRUE(reactor.log[target.id].closed);
}

TEST_P(Receiving, StarvesNobodyHoweverBusyOthersAre) {
  TestReactor reactor(GetParam());
  reactor.backend.set_stream_capacity(256 << 10);
  // Enough of them to use up what a turn receives, without end.
  std::vector<std::unique_ptr<sys::FakePeer>> busy;
  for (int i = 0; i < 8; ++i) busy.push_back(reactor.Accept());
  const auto modest = reactor.Accept();
  const Target target = reactor.newest();
  const std::string bytes = Pattern(256 << 10);
  for (int turn = 0; turn < 50; ++turn) {
    for (const auto& peer : busy) peer->Send(bytes);
    if (turn == 10) modest->Send("me too");
    reactor.Turn();
    reactor.See();
    reactor.memory.Forget();
  }
  EXPECT_EQ(reactor.log[target.id].received, "me too");
}

TEST_P(Receiving, SharesOutAmongThoseWhoAreBusy) {
  TestReactor reactor(GetParam());
  reactor.backend.set_stream_capacity(256 << 10);
  std::vector<std::unique_ptr<sys::FakePeer>> busy;
  std::vector<Target> targets;
  for (int i = 0; i < 10; ++i) {
    busy.push_back(reactor.Accept());
    targets.push_back(reactor.newest());
  }
  const std::string bytes = Pattern(256 << 10);
  for (int turn = 0; turn < 50; ++turn) {
    for (const auto& peer : busy) peer->Send(bytes);
    reactor.Turn();
    reactor.See();
    reactor.memory.Forget();
  }
  std::size_t least = SIZE_MAX;
  std::size_t most = 0;
  for (const Target& target : targets) {
    least = std::min(least, reactor.log[target.id].received.size());
    most = std::max(most, reactor.log[target.id].received.size());
  }
  EXPECT_GT(least * 2, most);
}

}  // namespace
}  // namespace hp::net
