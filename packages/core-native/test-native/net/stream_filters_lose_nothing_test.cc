// SPDX-License-Identifier: Apache-2.0
#include "stream_filter_fixture.h"

namespace hp::net {
namespace {

class StreamFilters : public FilterTest {};
HP_IN_BOTH_STYLES(StreamFilters);

TEST_P(StreamFilters, ChangeBytesBothWaysAfterTheHandshake) {
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  peer->Send(TestFilter::Flip("to the application"));
  reactor.Settle();
  EXPECT_EQ(reactor.log.newest().received, "to the application");
  reactor.Send(reactor.newest(), "to the peer");
  reactor.Settle();
  EXPECT_EQ(peer->Receive(), TestFilter::Flip("to the peer"));
}

TEST_P(StreamFilters, DialToo) {
  TestReactor reactor(GetParam(), settings);
  reactor.backend.Answer(Loopback(9), {});
  reactor.Connect({Loopback(9)});
  reactor.Settle();
  reactor.Do(CommandKind::kOpen, reactor.newest());
  reactor.Settle();
  const auto peer = reactor.backend.TakeDialled();
  EXPECT_EQ(peer->Receive(), "H");
  EXPECT_EQ(reactor.log.newest().handshakes, 0U);
  peer->Send("W" + TestFilter::Flip("welcome"));
  reactor.Settle();
  EXPECT_EQ(reactor.log.newest().handshakes, 1U);
  EXPECT_EQ(reactor.log.newest().received, "welcome");
}

TEST_P(StreamFilters, StartWhenTheConnectionIsOpened) {
  TestReactor reactor(GetParam(), settings);
  const auto peer = reactor.Dial();
  peer->Send("H");
  reactor.Settle();
  EXPECT_EQ(peer->Receive(), "");
  reactor.Do(CommandKind::kOpen, reactor.newest());
  reactor.Settle();
  EXPECT_EQ(peer->Receive(), "W");
}

TEST_P(StreamFilters, RefuseSendsBeforeTheHandshake) {
  TestReactor reactor(GetParam(), settings);
  const auto peer = reactor.Accept();
  reactor.Send(reactor.newest(), "too early");
  peer->Send("H");
  reactor.Settle();
  EXPECT_EQ(peer->Receive(), "W");
}

TEST_P(StreamFilters, MayRefuseAConnection) {
  TestReactor reactor(GetParam(), settings);
  filter.refuses = true;
  const auto peer = reactor.Dial();
  reactor.Settle();
  EXPECT_TRUE(reactor.log.events().empty());
  EXPECT_TRUE(peer->ended() || peer->was_reset());
  reactor.backend.Answer(Loopback(9), {});
  const std::uint64_t id = reactor.Connect({Loopback(9)});
  reactor.Settle();
  EXPECT_TRUE(reactor.log[id].closed);
  EXPECT_EQ(reactor.log[id].operation, Operation::kConnect);
  EXPECT_EQ(reactor.reactor.load(), 0U);
}

TEST_P(StreamFilters, GoOnWhenThereIsMemoryAgain) {
  settings.receive_limit = 10;
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  const std::string text = Letters(500);
  reactor.memory.set_stock(3);
  peer->Send(TestFilter::Flip(text));
  reactor.Settle();
  EXPECT_EQ(reactor.log.newest().received.size(), 30U);
  EXPECT_FALSE(reactor.reactor.HasWork());
  reactor.memory.set_stock(TestMemory::kUnlimited);
  reactor.Settle();
  EXPECT_EQ(reactor.log.newest().received, text);
}

TEST_P(StreamFilters, GoOnWhenWhatTheyToldHasBeenDelivered) {
  settings.receive_limit = 10;
  TestReactor reactor(GetParam(), settings, {.undelivered_bytes = 25});
  const auto peer = Greeted(reactor);
  const std::string text = Letters(500);
  // Memory ends while the connection may not have more either.
  reactor.memory.set_stock(4);
  peer->Send(TestFilter::Flip(text));
  for (int i = 0; i < 10; ++i) reactor.Turn();
  reactor.memory.set_stock(TestMemory::kUnlimited);
  reactor.See();
  reactor.Settle();
  EXPECT_EQ(reactor.log.newest().received, text);
}

TEST_P(StreamFilters, GoOnAfterAPauseInTheMidst) {
  settings.receive_limit = 10;
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  const std::string text = Letters(500);
  reactor.memory.set_stock(3);
  peer->Send(TestFilter::Flip(text));
  reactor.Settle();
  reactor.Do(CommandKind::kPause, reactor.newest());
  reactor.memory.set_stock(TestMemory::kUnlimited);
  reactor.Settle();
  reactor.Do(CommandKind::kResume, reactor.newest());
  reactor.Settle();
  EXPECT_EQ(reactor.log.newest().received, text);
}

TEST_P(StreamFilters, KeepWhatTheyHoldWhateverElseTheyAreAsked) {
  settings.receive_limit = 10;
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  const std::string text = Letters(500);
  reactor.memory.set_stock(3);
  peer->Send(TestFilter::Flip(text));
  reactor.Settle();
  Order(reactor, TestFilter::kSetDeadline);
  reactor.Send(reactor.newest(), "x");
  reactor.memory.set_stock(TestMemory::kUnlimited);
  reactor.Settle();
  EXPECT_EQ(reactor.log.newest().received, text);
}

TEST_P(StreamFilters, DeliverAllBeforeThePeersEnd) {
  settings.receive_limit = 10;
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  const std::string text = Letters(5000);
  reactor.memory.set_stock(3);
  peer->Send(TestFilter::Flip(text));
  peer->FinishSending();
  reactor.Settle();
  EXPECT_FALSE(reactor.log.newest().closed);
  reactor.memory.set_stock(TestMemory::kUnlimited);
  reactor.Settle();
  EXPECT_EQ(reactor.log.newest().received, text);
  EXPECT_TRUE(reactor.log.newest().closed);
  EXPECT_EQ(reactor.log.newest().error, ErrorCode::kOk);
}

TEST_P(StreamFilters, MayEndTheStreamThemselves) {
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  peer->Send(TestFilter::Flip("last words") + TestFilter::kGoodbye);
  reactor.Settle();
  EXPECT_EQ(reactor.log.newest().received, "last words");
  EXPECT_TRUE(reactor.log.newest().closed);
  EXPECT_EQ(reactor.log.newest().operation, Operation::kClose);
  EXPECT_EQ(reactor.log.newest().error, ErrorCode::kOk);
}

TEST_P(StreamFilters, AreNotAskedAgainAfterTheirEnd) {
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  peer->Send(TestFilter::Flip("last words") + TestFilter::kGoodbye);
  reactor.Turn();
  reactor.Turn();
  // JavaScript has not handled the last words when something else arrives.
  peer->Send(std::string{TestFilter::kNonsense});
  reactor.Turn();
  reactor.Turn();
  peer->Send(TestFilter::Flip("and a word too many"));
  peer->FinishSending();
  reactor.Settle();
  EXPECT_EQ(reactor.log.newest().received, "last words");
  EXPECT_TRUE(reactor.log.newest().closed);
  EXPECT_EQ(reactor.log.newest().operation, Operation::kClose);
  EXPECT_EQ(reactor.log.newest().error, ErrorCode::kOk);
}

TEST_P(StreamFilters, MayEndHalfOfTheStream) {
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  reactor.Do(CommandKind::kHalfOpen, reactor.newest());
  peer->Send(TestFilter::Flip("question") + TestFilter::kGoodbye);
  reactor.Settle();
  EXPECT_TRUE(reactor.log.newest().ended);
  EXPECT_FALSE(reactor.log.newest().closed);
  peer->Send(TestFilter::Flip("and a word too many"));
  reactor.Settle();
  reactor.Send(reactor.newest(), "answer");
  reactor.Do(CommandKind::kEnd, reactor.newest());
  reactor.Settle();
  EXPECT_EQ(reactor.log.newest().received, "question");
  EXPECT_TRUE(reactor.log.newest().closed);
  EXPECT_EQ(reactor.log.newest().error, ErrorCode::kOk);
  EXPECT_EQ(peer->Receive(), TestFilter::Flip("answer") + TestFilter::kGoodbye);
}

TEST_P(StreamFilters, SayWhatIsWrongAndThenCloseWithAnError) {
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  peer->Send(std::string{TestFilter::kNonsense});
  reactor.Settle();
  EXPECT_TRUE(reactor.log.newest().closed);
  EXPECT_EQ(reactor.log.newest().operation, Operation::kReceive);
  EXPECT_EQ(reactor.log.newest().error, ErrorCode::kBadMessage);
  EXPECT_EQ(peer->Receive(), "?");
}

TEST_P(StreamFilters, HaveTheLastWordBeforeAnEnd) {
  TestReactor reactor(GetParam(), settings);
  reactor.backend.set_stream_capacity(100);
  const auto peer = Greeted(reactor);
  const std::string text = Letters(1000);
  reactor.Send(reactor.newest(), text);
  reactor.Do(CommandKind::kEnd, reactor.newest());
  reactor.Settle();
  std::string received;
  for (int i = 0; i < 30; ++i) {
    received += peer->Receive();
    reactor.Settle();
  }
  EXPECT_EQ(received, TestFilter::Flip(text) + TestFilter::kGoodbye);
  EXPECT_TRUE(peer->ended());
}

TEST_P(StreamFilters, TakeCommandsAndTellEvents) {
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  Order(reactor, TestFilter::kTellBack, "echo this");
  reactor.Settle();
  EXPECT_EQ(Told(reactor, 100), std::vector<std::string>{"echo this"});
}

TEST_P(StreamFilters, FailingInACommandCloseTheConnection) {
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  Order(reactor, TestFilter::kFail);
  reactor.Settle();
  EXPECT_TRUE(reactor.log.newest().closed);
  EXPECT_EQ(reactor.log.newest().error, ErrorCode::kBadMessage);
}

TEST_P(StreamFilters, AreCalledAtTheirDeadlineOnce) {
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  Order(reactor, TestFilter::kSetDeadline);
  reactor.Pass(49);
  EXPECT_EQ(reactor.log.CountOf(EventKind::kFilter), 0U);
  reactor.Pass(1);
  EXPECT_EQ(reactor.log.CountOf(EventKind::kFilter), 1U);
  reactor.Pass(1000);
  EXPECT_EQ(reactor.log.CountOf(EventKind::kFilter), 1U);
}

TEST_P(StreamFilters, LiveBesideIdleTimeOuts) {
  settings.idle_timeout_ms = 1000;
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  Order(reactor, TestFilter::kSetDeadline);
  reactor.Pass(900);
  EXPECT_EQ(reactor.log.CountOf(EventKind::kFilter), 1U);
  EXPECT_FALSE(reactor.log.newest().closed);
  reactor.Pass(200);
  EXPECT_TRUE(reactor.log.newest().closed);
  EXPECT_EQ(reactor.log.newest().error, ErrorCode::kTimedOut);
}

TEST_P(StreamFilters, AreOpenedAndClosedOncePerConnection) {
  TestReactor reactor(GetParam(), settings);
  for (int i = 0; i < 20; ++i) {
    const auto peer = Greeted(reactor);
    if (i % 2 == 0) {
      peer->Reset();
    } else {
      reactor.Disconnect(reactor.newest());
    }
    reactor.Settle();
    EXPECT_EQ(filter.instances, 0);
  }
  EXPECT_EQ(filter.opened, 20);
}

}  // namespace
}  // namespace hp::net
