// SPDX-License-Identifier: Apache-2.0
#include "reactor_fixture.h"

namespace hp::net {
namespace {

HP_REACTOR_SUITE(Congestion);

ComponentSettings Marks(bool pauses) {
  ComponentSettings settings;
  settings.high_water_mark = 10'000;
  settings.low_water_mark = 2000;
  settings.pause_reads_when_congested = pauses;
  return settings;
}

// Reads until at most `bytes` are queued, and no further.
void ReadUntilQueued(TestReactor& reactor, sys::FakePeer& peer, std::size_t bytes) {
  while (reactor.QueuedBytes() > bytes) {
    peer.Receive(100);
    reactor.Settle();
  }
}

TEST_P(Congestion, AboveTheHighMarkReadingPausesUntilTheLowMark) {
  TestReactor reactor(GetParam(), Marks(true));
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = reactor.Accept();
  const Target target = reactor.newest();
  reactor.Send(target, Pattern(30'000));
  peer->Send("question");
  reactor.Settle();
  EXPECT_EQ(reactor.log[target.id].received, "");
  EXPECT_EQ(reactor.component.counters(0).read_pauses.Read(), 1U);
  if (GetParam() == sys::FakeStyle::kReadiness) {
    // A completion takes all there is at once.
    ReadUntilQueued(reactor, *peer, 5000);
    EXPECT_EQ(reactor.log[target.id].received, "");
  }
  ReadUntilQueued(reactor, *peer, 2000);
  EXPECT_EQ(reactor.log[target.id].received, "question");
}

TEST_P(Congestion, BelowTheHighMarkReadingGoesOn) {
  TestReactor reactor(GetParam(), Marks(true));
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = reactor.Accept();
  reactor.Send(reactor.newest(), Pattern(9000));
  peer->Send("question");
  reactor.Settle();
  EXPECT_EQ(reactor.log.newest().received, "question");
}

TEST_P(Congestion, PausesNobodyWhoDidNotAskForIt) {
  TestReactor reactor(GetParam(), Marks(false));
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = reactor.Accept();
  reactor.Send(reactor.newest(), Pattern(100'000));
  peer->Send("question");
  reactor.Settle();
  EXPECT_EQ(reactor.log.newest().received, "question");
}

TEST_P(Congestion, AnEchoToAStalledReaderStaysBoundedAndLosesNothing) {
  TestReactor reactor(GetParam(), Marks(true));
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = reactor.Accept();
  const Target target = reactor.newest();
  const std::string bytes = Pattern(300'000);
  std::string_view to_send = bytes;
  std::string echoed;
  std::size_t echoes = 0;
  std::size_t most_queued = 0;
  const auto echo = [&] {
    reactor.Turn();
    const std::string& received = reactor.log[target.id].received;
    if (received.size() > echoes) reactor.Send(target, std::string_view(received).substr(echoes));
    echoes = received.size();
    reactor.See();
    most_queued = std::max(most_queued, reactor.QueuedBytes());
  };
  // The reader stalls: what it sends is taken until the high mark is reached.
  for (int idle = 0; idle < 10;) {
    const std::size_t count = peer->Send(to_send.substr(0, 500));
    to_send.remove_prefix(count);
    idle = count == 0 ? idle + 1 : 0;
    echo();
  }
  EXPECT_GT(most_queued, 9'000U);
  EXPECT_LT(most_queued, 10'000 + 2 * kCapacity);
  // And then goes on.
  for (int i = 0; i < 5000 && echoed.size() < bytes.size(); ++i) {
    to_send.remove_prefix(peer->Send(to_send.substr(0, 500)));
    echoed += peer->Receive();
    echo();
  }
  EXPECT_TRUE(echoed == bytes);
}

TEST_P(Congestion, DrainIsToldAtOnceWhereNothingIsQueued) {
  TestReactor reactor(GetParam(), Marks(true));
  const auto peer = reactor.Accept();
  reactor.Do(CommandKind::kNotifyDrain, reactor.newest());
  reactor.Settle();
  EXPECT_EQ(reactor.log.newest().drains, 1U);
}

TEST_P(Congestion, DrainIsToldOnceForEachRequest) {
  TestReactor reactor(GetParam(), Marks(true));
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = reactor.Accept();
  for (std::size_t round = 1; round <= 3; ++round) {
    reactor.Send(reactor.newest(), Pattern(20'000));
    reactor.Do(CommandKind::kNotifyDrain, reactor.newest());
    reactor.Do(CommandKind::kNotifyDrain, reactor.newest());
    reactor.Settle();
    EXPECT_EQ(reactor.log.newest().drains, round - 1);
    ReadUntilQueued(reactor, *peer, 2000);
    EXPECT_EQ(reactor.log.newest().drains, round);
    ReadUntilQueued(reactor, *peer, 0);
    EXPECT_EQ(reactor.log.newest().drains, round);
  }
}

TEST_P(Congestion, DrainIsNotToldAfterAClose) {
  TestReactor reactor(GetParam(), Marks(true));
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = reactor.Accept();
  reactor.Send(reactor.newest(), Pattern(20'000));
  reactor.Do(CommandKind::kNotifyDrain, reactor.newest());
  peer->FinishSending();
  reactor.Settle();
  // The end lies behind the congestion, and is found once that is over.
  ReadUntilQueued(reactor, *peer, 0);
  EXPECT_TRUE(reactor.log.newest().closed);
  EXPECT_LE(reactor.log.newest().drains, 1U);
}

TEST_P(Congestion, APauseByTheListenerOutlastsIt) {
  TestReactor reactor(GetParam(), Marks(true));
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = reactor.Accept();
  const Target target = reactor.newest();
  reactor.Do(CommandKind::kPause, target);
  reactor.Send(target, Pattern(30'000));
  peer->Send("question");
  ReadUntilQueued(reactor, *peer, 0);
  EXPECT_EQ(reactor.log[target.id].received, "");
  reactor.Do(CommandKind::kResume, target);
  reactor.Settle();
  EXPECT_EQ(reactor.log[target.id].received, "question");
}

}  // namespace
}  // namespace hp::net
