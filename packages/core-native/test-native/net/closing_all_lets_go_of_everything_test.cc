// SPDX-License-Identifier: Apache-2.0
#include "reactor_fixture.h"

namespace hp::net {
namespace {

// The fixture's end is CloseAll(), after which nothing may be left.
HP_REACTOR_SUITE(ClosingAll);

TEST_P(ClosingAll, EndsConnectionsInEveryState) {
  TestReactor reactor(GetParam());
  reactor.backend.set_stream_capacity(1000);
  reactor.backend.Answer(Loopback(9), {.never = true});
  const std::string bytes = Pattern(200'000);

  reactor.Connect({Loopback(9), Loopback(9)});
  const auto waiting = reactor.Dial();
  reactor.Settle();
  const auto open = reactor.Accept();
  const auto sending = reactor.Accept();
  reactor.Send(reactor.newest(), bytes);
  const auto flushing = reactor.Accept();
  reactor.Send(reactor.newest(), bytes);
  flushing->FinishSending();
  reactor.Settle();
  const auto unseen = reactor.Accept();
  reactor.Send(reactor.newest(), bytes);
  unseen->FinishSending();
  reactor.Turn();
  const auto releasing = reactor.Accept();
  reactor.Send(reactor.newest(), bytes);
  reactor.Disconnect(reactor.newest());
  reactor.Turn();
  reactor.See();
  const auto in_the_queue = reactor.Dial();
}

TEST_P(ClosingAll, AfterAttemptsThatWereGivenUpWaitsForThemToo) {
  TestReactor reactor(GetParam());
  reactor.backend.Answer(Loopback(9), {.never = true});
  reactor.Connect({Loopback(9), Loopback(9), Loopback(9)});
  reactor.Pass(300);
  reactor.backend.AdvanceClock(250);
  reactor.Turn();
}

TEST_P(ClosingAll, TellsNothing) {
  TestReactor reactor(GetParam());
  const auto peer = reactor.Accept();
  const std::size_t events = reactor.log.events().size();
  reactor.reactor.CloseAll();
  std::vector<Event> late;
  reactor.reactor.TakeEvents(late);
  EXPECT_TRUE(late.empty());
  EXPECT_EQ(reactor.log.events().size(), events);
  EXPECT_TRUE(peer->ended());
}

}  // namespace
}  // namespace hp::net
