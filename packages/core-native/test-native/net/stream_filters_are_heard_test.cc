// SPDX-License-Identifier: Apache-2.0
#include "stream_filter_fixture.h"

namespace hp::net {
namespace {

using Words = std::vector<std::string>;

class HeardFilters : public FilterTest {};

HP_IN_BOTH_STYLES(HeardFilters);

// ---------------------------------------------------------------------- telling

TEST_P(HeardFilters, TellAgainWhenThereIsMemory) {
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  reactor.memory.set_stock(0);
  Order(reactor, TestFilter::kTellBack, "first");
  Order(reactor, TestFilter::kTellBack, " second");
  reactor.Settle();
  EXPECT_TRUE(Told(reactor, 100).empty());
  EXPECT_FALSE(reactor.log.newest().closed);
  EXPECT_FALSE(reactor.reactor.HasWork());
  reactor.memory.set_stock(TestMemory::kUnlimited);
  EXPECT_TRUE(reactor.reactor.HasWork());
  reactor.Settle();
  EXPECT_EQ(Told(reactor, 100), Words{"first second"});
}

TEST_P(HeardFilters, TellMoreThanOneReceiveMayBring) {
  settings.receive_limit = 10;
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  const std::string text = Letters(8 << 10);
  Order(reactor, TestFilter::kTellBack, text);
  reactor.Settle();
  EXPECT_EQ(Told(reactor, 100), Words{text});
}

TEST_P(HeardFilters, TellOnceReadingGoesOnWhateverHasStoppedIt) {
  for (const CommandKind stop : {CommandKind::kPause, CommandKind::kHold}) {
    const bool pauses = stop == CommandKind::kPause;
    TestReactor reactor(GetParam(), settings);
    const auto peer = Greeted(reactor);
    reactor.Do(stop, reactor.newest());
    reactor.memory.set_stock(0);
    Order(reactor, TestFilter::kTellBack, "late");
    reactor.Settle();
    reactor.memory.set_stock(TestMemory::kUnlimited);
    reactor.Settle();
    EXPECT_TRUE(Told(reactor, 100).empty());
    reactor.Do(pauses ? CommandKind::kResume : CommandKind::kUnhold, reactor.newest());
    reactor.Settle();
    EXPECT_EQ(Told(reactor, 100), Words{"late"});
  }
}

TEST_P(HeardFilters, TellOnceThePeerTakesWhatWaits) {
  settings.pause_reads_when_congested = true;
  settings.high_water_mark = 100;
  settings.low_water_mark = 10;
  TestReactor reactor(GetParam(), settings);
  reactor.backend.set_stream_capacity(50);
  const auto peer = Greeted(reactor);
  const std::string text = Letters(500);
  reactor.Send(reactor.newest(), text);
  reactor.memory.set_stock(0);
  Order(reactor, TestFilter::kTellBack, "late");
  reactor.memory.set_stock(TestMemory::kUnlimited);
  reactor.Settle();
  EXPECT_TRUE(Told(reactor, 100).empty());
  std::string received;
  while (received.size() < text.size()) {
    received += peer->Receive();
    reactor.Settle();
  }
  EXPECT_EQ(Told(reactor, 100), Words{"late"});
}

TEST_P(HeardFilters, TellOnceTheBytesBeforeHaveBeenHandled) {
  TestReactor reactor(GetParam(), settings, {.undelivered_bytes = 25});
  const auto peer = Greeted(reactor);
  peer->Send(TestFilter::Flip(Letters(100)));
  for (int i = 0; i < 5; ++i) reactor.Turn();
  reactor.memory.set_stock(0);
  Order(reactor, TestFilter::kTellBack, "late");
  reactor.memory.set_stock(TestMemory::kUnlimited);
  for (int i = 0; i < 5; ++i) reactor.Turn();
  EXPECT_TRUE(Told(reactor, 100).empty());
  reactor.See();
  reactor.Settle();
  EXPECT_EQ(Told(reactor, 100), Words{"late"});
}

// A pause inside onAccept: the handshake waits too, and goes on with the rest.
TEST_P(HeardFilters, ShakeHandsOnceAPauseIsOver) {
  TestReactor reactor(GetParam(), settings);
  const auto peer = reactor.Dial();
  peer->Send("H" + TestFilter::Flip("and more"));
  reactor.Settle();
  reactor.commands.Add(CommandKind::kPause, reactor.newest());
  reactor.commands.Add(CommandKind::kOpen, reactor.newest());
  reactor.Flush();
  reactor.Settle();
  EXPECT_EQ(reactor.log.newest().handshakes, 0U);
  reactor.Do(CommandKind::kResume, reactor.newest());
  reactor.Settle();
  EXPECT_EQ(peer->Receive(), "W");
  EXPECT_EQ(reactor.log.newest().handshakes, 1U);
  EXPECT_EQ(reactor.log.newest().received, "and more");
}

// -------------------------------------------------------------------- permission

TEST_P(HeardFilters, MayPermitSendsBeforeTheHandshake) {
  filter.permits_early = true;
  TestReactor reactor(GetParam(), settings);
  const auto peer = reactor.Accept();
  reactor.Send(reactor.newest(), "220 ready");
  reactor.Settle();
  EXPECT_EQ(peer->Receive(), "220 ready");
  EXPECT_EQ(reactor.log.newest().handshakes, 0U);
  peer->Send("H");
  reactor.Settle();
  reactor.Send(reactor.newest(), "secret");
  reactor.Settle();
  EXPECT_EQ(peer->Receive(), "W" + TestFilter::Flip("secret"));
}

// Inside onAccept: before the connection is opened.
TEST_P(HeardFilters, StartWithTheFirstSend) {
  filter.permits_early = true;
  TestReactor reactor(GetParam(), settings);
  const auto peer = reactor.Dial();
  reactor.Settle();
  reactor.Send(reactor.newest(), "220 ready");
  reactor.Settle();
  EXPECT_EQ(peer->Receive(), "220 ready");
  reactor.Do(CommandKind::kOpen, reactor.newest());
  peer->Send("H");
  reactor.Settle();
  EXPECT_EQ(reactor.log.newest().handshakes, 1U);
}

TEST_P(HeardFilters, StartWithTheFirstOrderOrTheEnd) {
  TestReactor reactor(GetParam(), settings);
  const auto ordered = reactor.Dial();
  reactor.Settle();
  Order(reactor, TestFilter::kWrite, "hello");
  reactor.Settle();
  EXPECT_EQ(ordered->Receive(), "hello");
  reactor.Do(CommandKind::kOpen, reactor.newest());
  const auto ended = reactor.Dial();
  reactor.Settle();
  reactor.Do(CommandKind::kEnd, reactor.newest());
  reactor.Settle();
  EXPECT_EQ(ended->Receive(), std::string{TestFilter::kGoodbye});
  EXPECT_TRUE(ended->ended());
}

// ------------------------------------------------------------------------- parts

TEST_P(HeardFilters, GetAllPartsOfASubmitAtOnce) {
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  for (const char* part : {"one", "two", "three"}) {
    reactor.commands.AddWithBytes(CommandKind::kSend, reactor.newest(), part);
  }
  reactor.SendNow(reactor.newest(), "four");
  reactor.Settle();
  EXPECT_EQ(peer->Receive(), TestFilter::Flip("onetwothreefour"));
  EXPECT_EQ(filter.sends, std::vector<std::size_t>{4});
}

TEST_P(HeardFilters, GetOneSendAtATimeWhereEachIsToLeaveByItself) {
  settings.send_policy = SendPolicy::kDirect;
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  reactor.commands.AddWithBytes(CommandKind::kSend, reactor.newest(), "one");
  reactor.commands.AddWithBytes(CommandKind::kSend, reactor.newest(), "two");
  reactor.Flush();
  reactor.Settle();
  EXPECT_EQ(peer->Receive(), TestFilter::Flip("onetwo"));
  EXPECT_EQ(filter.sends, (std::vector<std::size_t>{1, 1}));
}

// --------------------------------------------------------------------------- end

TEST_P(HeardFilters, AreAskedOnceWhenThePeerHasFinished) {
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  peer->Send(TestFilter::Flip("last words"));
  peer->FinishSending();
  // JavaScript takes its time: the end waits for it.
  for (int i = 0; i < 5; ++i) reactor.Turn();
  EXPECT_EQ(filter.ends, 1);
  EXPECT_FALSE(reactor.log.newest().closed);
  reactor.Settle();
  EXPECT_EQ(filter.ends, 1);
  EXPECT_EQ(reactor.log.newest().received, "last words");
  EXPECT_TRUE(reactor.log.newest().closed);
  EXPECT_EQ(reactor.log.newest().operation, Operation::kClose);
  EXPECT_EQ(reactor.log.newest().error, ErrorCode::kOk);
}

TEST_P(HeardFilters, AreNotAskedWhereTheyEndedTheStream) {
  filter.wants_goodbye = true;
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  peer->Send(TestFilter::Flip("last words") + TestFilter::kGoodbye);
  peer->FinishSending();
  reactor.Settle();
  EXPECT_EQ(filter.ends, 0);
  EXPECT_TRUE(reactor.log.newest().closed);
  EXPECT_EQ(reactor.log.newest().error, ErrorCode::kOk);
}

TEST_P(HeardFilters, SayThatAStreamWasCutOff) {
  filter.wants_goodbye = true;
  settings.receive_limit = 10;
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  const std::string text = Letters(500);
  reactor.memory.set_stock(3);
  peer->Send(TestFilter::Flip(text));
  peer->FinishSending();
  reactor.Settle();
  // Not before all that came has been handed over.
  EXPECT_EQ(filter.ends, 0);
  reactor.memory.set_stock(TestMemory::kUnlimited);
  reactor.Settle();
  EXPECT_EQ(filter.ends, 1);
  EXPECT_EQ(reactor.log.newest().received, text);
  EXPECT_TRUE(reactor.log.newest().closed);
  EXPECT_EQ(reactor.log.newest().operation, Operation::kClose);
  EXPECT_EQ(reactor.log.newest().error, ErrorCode::kTruncated);
  EXPECT_EQ(peer->Receive(), "!");
  EXPECT_TRUE(peer->ended());
}

TEST_P(HeardFilters, SayThatAHandshakeWasCutOff) {
  filter.wants_goodbye = true;
  TestReactor reactor(GetParam(), settings);
  const auto peer = reactor.Accept();
  peer->FinishSending();
  reactor.Settle();
  EXPECT_EQ(reactor.log.newest().handshakes, 0U);
  EXPECT_EQ(reactor.log.newest().operation, Operation::kClose);
  EXPECT_EQ(reactor.log.newest().error, ErrorCode::kTruncated);
  EXPECT_EQ(peer->Receive(), "!");
}

TEST_P(HeardFilters, FlushWhatIsQueuedBeforeTheirLastWord) {
  filter.wants_goodbye = true;
  TestReactor reactor(GetParam(), settings);
  reactor.backend.set_stream_capacity(100);
  const auto peer = Greeted(reactor);
  const std::string text = Letters(1000);
  reactor.Send(reactor.newest(), text);
  peer->FinishSending();
  reactor.Settle();
  EXPECT_TRUE(reactor.log.newest().closed);
  std::string received;
  for (int i = 0; i < 30; ++i) {
    received += peer->Receive();
    reactor.Settle();
  }
  EXPECT_EQ(received, TestFilter::Flip(text) + "!");
  EXPECT_TRUE(peer->ended());
}

TEST_P(HeardFilters, LetHalfOpenConnectionsAnswer) {
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  reactor.Do(CommandKind::kHalfOpen, reactor.newest());
  peer->Send(TestFilter::Flip("question"));
  peer->FinishSending();
  reactor.Settle();
  EXPECT_EQ(filter.ends, 1);
  EXPECT_TRUE(reactor.log.newest().ended);
  EXPECT_FALSE(reactor.log.newest().closed);
  reactor.Send(reactor.newest(), "answer");
  reactor.Do(CommandKind::kEnd, reactor.newest());
  reactor.Settle();
  EXPECT_EQ(filter.ends, 1);
  EXPECT_TRUE(reactor.log.newest().closed);
  EXPECT_EQ(reactor.log.newest().error, ErrorCode::kOk);
  EXPECT_EQ(peer->Receive(), TestFilter::Flip("answer") + TestFilter::kGoodbye);
}

TEST_P(HeardFilters, CutOffHalfOpenConnectionsToo) {
  filter.wants_goodbye = true;
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  reactor.Do(CommandKind::kHalfOpen, reactor.newest());
  peer->FinishSending();
  reactor.Settle();
  EXPECT_FALSE(reactor.log.newest().ended);
  EXPECT_TRUE(reactor.log.newest().closed);
  EXPECT_EQ(reactor.log.newest().error, ErrorCode::kTruncated);
}

TEST_P(HeardFilters, HaveNoWordAfterTheLast) {
  filter.wants_goodbye = true;
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  reactor.Do(CommandKind::kEnd, reactor.newest());
  reactor.Settle();
  Order(reactor, TestFilter::kWrite, "too late");
  reactor.Settle();
  EXPECT_EQ(reactor.QueuedBytes(), 0U);
  EXPECT_FALSE(reactor.log.newest().closed);
  peer->FinishSending();
  reactor.Settle();
  EXPECT_EQ(peer->Receive(), std::string{TestFilter::kGoodbye});
  EXPECT_EQ(reactor.log.newest().operation, Operation::kClose);
  EXPECT_EQ(reactor.log.newest().error, ErrorCode::kTruncated);
}

TEST_P(HeardFilters, SayWhyEvenToAPeerThatTakesNothing) {
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  peer->Send(std::string{TestFilter::kNonsense});
  peer->Reset();
  reactor.Settle();
  // Where a reset leaves nothing to be received, there was no nonsense either.
  const bool is_lost = GetParam() == sys::FakeStyle::kCompletion;
  EXPECT_EQ(reactor.log.newest().operation, Operation::kReceive);
  EXPECT_EQ(reactor.log.newest().error,
            is_lost ? ErrorCode::kConnectionReset : ErrorCode::kBadMessage);
}

// What the application sends until it hears of the failure is nobody's.
TEST_P(HeardFilters, AreLeftAloneOnceTheyHaveFailed) {
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  Order(reactor, TestFilter::kFail);
  reactor.Send(reactor.newest(), "unaware");
  Order(reactor, TestFilter::kWrite, "unaware");
  reactor.Do(CommandKind::kEnd, reactor.newest());
  reactor.Settle();
  EXPECT_EQ(peer->Receive(), "");
  EXPECT_EQ(reactor.log.newest().error, ErrorCode::kBadMessage);
}

}  // namespace
}  // namespace hp::net
