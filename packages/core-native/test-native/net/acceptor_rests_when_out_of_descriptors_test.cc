// SPDX-License-Identifier: Apache-2.0
#include "reactor_fixture.h"

namespace hp::net {
namespace {

HP_REACTOR_SUITE(Accepting);

ComponentSettings WithAccepts(std::uint32_t count) {
  ComponentSettings settings;
  settings.accept_count = count;
  return settings;
}

TEST_P(Accepting, ServesABurstThatIsLargerThanTheAcceptsPosted) {
  TestReactor reactor(GetParam(), WithAccepts(3));
  std::vector<std::unique_ptr<sys::FakePeer>> peers;
  for (int i = 0; i < 50; ++i) peers.push_back(reactor.Dial());
  reactor.Settle();
  EXPECT_EQ(reactor.log.CountOf(EventKind::kAccept), 50U);
  EXPECT_EQ(reactor.component.counters(0).accepted.Read(), 50U);
}

TEST_P(Accepting, RestsWhenDescriptorsRunOutAndThenGoesOn) {
  TestReactor reactor(GetParam(), WithAccepts(2));
  reactor.backend.FailAccepts(ErrorCode::kProcessFileLimit);
  auto refused = reactor.Dial();
  auto refused_too = reactor.Dial();
  reactor.Settle();
  EXPECT_TRUE(refused->was_reset());
  EXPECT_TRUE(refused_too->was_reset());
  EXPECT_EQ(reactor.log.CountOf(EventKind::kAcceptPause), 1U);
  EXPECT_EQ(reactor.log.events().back().error, 24);
  EXPECT_EQ(reactor.component.counters(0).accept_pauses.Read(), 1U);

  reactor.backend.FailAccepts(ErrorCode::kOk);
  const auto patient = reactor.Dial();
  reactor.Settle();
  EXPECT_EQ(reactor.log.CountOf(EventKind::kAccept), 0U);
  reactor.Pass(100);
  EXPECT_EQ(reactor.log.CountOf(EventKind::kAccept), 1U);
  for (int i = 0; i < 5; ++i) reactor.Dial();
  reactor.Settle();
  EXPECT_EQ(reactor.log.CountOf(EventKind::kAccept), 6U);
}

TEST_P(Accepting, TellsALongShortageAtMostTenTimesASecond) {
  TestReactor reactor(GetParam(), WithAccepts(8));
  reactor.backend.FailAccepts(ErrorCode::kSystemFileLimit);
  for (int i = 0; i < 100; ++i) {
    for (int j = 0; j < 3; ++j) reactor.Dial();
    reactor.Pass(10);
  }
  EXPECT_LE(reactor.log.CountOf(EventKind::kAcceptPause), 11U);
  EXPECT_GE(reactor.log.CountOf(EventKind::kAcceptPause), 5U);
}

TEST_P(Accepting, AShortageDoesNotDisturbThoseWhoAreServed) {
  TestReactor reactor(GetParam(), WithAccepts(2));
  const auto served = reactor.Accept();
  const Target target = reactor.newest();
  reactor.backend.FailAccepts(ErrorCode::kProcessFileLimit);
  for (int i = 0; i < 10; ++i) {
    reactor.Dial();
    served->Send("x");
    reactor.Settle();
  }
  EXPECT_EQ(reactor.log[target.id].received, "xxxxxxxxxx");
}

TEST_P(Accepting, StopsDuringARest) {
  TestReactor reactor(GetParam(), WithAccepts(2));
  reactor.backend.FailAccepts(ErrorCode::kProcessFileLimit);
  reactor.Dial();
  reactor.Settle();
  reactor.reactor.StopAccepting(reactor.component);
  reactor.Pass(500);
  EXPECT_EQ(reactor.Dial(), nullptr);
}

TEST_P(Accepting, RefusesConnectionsBeyondTheLimit) {
  ComponentSettings settings;
  settings.max_connections = 2;
  settings.tells_rejects = true;
  TestReactor reactor(GetParam(), settings);
  const auto first = reactor.Accept();
  const auto second = reactor.Accept();
  const auto third = reactor.Dial();
  reactor.Settle();
  EXPECT_EQ(reactor.log.CountOf(EventKind::kAccept), 2U);
  EXPECT_EQ(reactor.log.CountOf(EventKind::kReject), 1U);
  EXPECT_EQ(reactor.component.counters(0).rejected.Read(), 1U);
  EXPECT_TRUE(third->ended() || third->was_reset());

  first->Close();
  reactor.Settle();
  const auto fourth = reactor.Dial();
  reactor.Settle();
  EXPECT_EQ(reactor.log.CountOf(EventKind::kAccept), 3U);
}

TEST_P(Accepting, DoesNotTellRejectsNobodyAskedFor) {
  ComponentSettings settings;
  settings.max_connections = 1;
  TestReactor reactor(GetParam(), settings);
  const auto first = reactor.Accept();
  reactor.Dial();
  reactor.Settle();
  EXPECT_EQ(reactor.log.CountOf(EventKind::kReject), 0U);
  EXPECT_EQ(reactor.component.counters(0).rejected.Read(), 1U);
}

TEST_P(Accepting, TellsNothingOfASocketThatCannotBeServed) {
  TestReactor reactor(GetParam());
  reactor.backend.FailNextAttach(ErrorCode::kOutOfMemory);
  const auto peer = reactor.Dial();
  reactor.Settle();
  EXPECT_TRUE(reactor.log.events().empty());
  EXPECT_TRUE(peer->ended() || peer->was_reset());
  EXPECT_EQ(reactor.component.connection_count().load(), 0U);
  EXPECT_EQ(reactor.reactor.load(), 0U);
}

TEST_P(Accepting, EndsWithTheListenerWhileConnectionsGoOn) {
  TestReactor reactor(GetParam());
  const auto peer = reactor.Accept();
  const Target target = reactor.newest();
  reactor.reactor.StopAccepting(reactor.component);
  reactor.reactor.TellStopped(reactor.component);
  reactor.Settle();
  EXPECT_EQ(reactor.log.CountOf(EventKind::kStopped), 1U);
  EXPECT_EQ(reactor.Dial(), nullptr);
  peer->Send("going on");
  reactor.Settle();
  EXPECT_EQ(reactor.log[target.id].received, "going on");
}

}  // namespace
}  // namespace hp::net
