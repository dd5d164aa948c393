// SPDX-License-Identifier: Apache-2.0
#include "reactor_fixture.h"

namespace hp::net {
namespace {

// Addresses and how they answer.
const sys::Endpoint kGood = Loopback(11);
const sys::Endpoint kRefuses = Loopback(12);
const sys::Endpoint kSilent = Loopback(13);
const sys::Endpoint kUnreachable = Loopback(14);
const sys::Endpoint kNoSocket = Loopback(15);
const sys::Endpoint kItself = Loopback(16);
const sys::Endpoint kSlow = Loopback(17);
const sys::Endpoint kFar = Loopback(18);

class Connects : public StyleTest {
 protected:
  Connects() : reactor(GetParam()) {
    reactor.backend.Answer(kGood, {.after_ms = 5});
    reactor.backend.Answer(kSilent, {.never = true});
    reactor.backend.Answer(kUnreachable, {.error = ErrorCode::kNetworkUnreachable});
    reactor.backend.Answer(kNoSocket,
                           {.error = ErrorCode::kProcessFileLimit, .without_socket = true});
    reactor.backend.Answer(kItself, {.finish_error = ErrorCode::kSelfConnect});
    reactor.backend.Answer(kSlow, {.after_ms = 300});
  }

  void ExpectConnected(std::uint64_t id) {
    EXPECT_TRUE(reactor.log[id].opened);
    EXPECT_FALSE(reactor.log[id].closed);
  }
  void ExpectFailed(std::uint64_t id, ErrorCode error) {
    EXPECT_FALSE(reactor.log[id].opened);
    EXPECT_TRUE(reactor.log[id].closed);
    EXPECT_EQ(reactor.log[id].operation, Operation::kConnect);
    EXPECT_EQ(reactor.log[id].error, error);
    EXPECT_EQ(reactor.reactor.load(), 0U);
    EXPECT_EQ(reactor.component.connection_count().load(), 0U);
  }

  TestReactor reactor;
};

HP_IN_BOTH_STYLES(Connects);

TEST_P(Connects, TellNothingFromInsideTheCall) {
  const std::uint64_t id = reactor.Connect({kNoSocket});
  EXPECT_TRUE(reactor.log.events().empty());
  reactor.Settle();
  ExpectFailed(id, ErrorCode::kProcessFileLimit);
}

TEST_P(Connects, CarryBytesOnceTheyAreTold) {
  const std::uint64_t id = reactor.Connect({kGood});
  reactor.Pass(10);
  ExpectConnected(id);
  reactor.Do(CommandKind::kOpen, reactor.newest());
  const auto peer = reactor.backend.TakeDialled();
  reactor.Send(reactor.newest(), "hello");
  EXPECT_EQ(peer->Receive(), "hello");
  peer->Send("hello to you");
  reactor.Settle();
  EXPECT_EQ(reactor.log[id].received, "hello to you");
}

TEST_P(Connects, GoOnToTheNextAddressWhenOneFails) {
  for (const sys::Endpoint& bad : {kRefuses, kUnreachable, kNoSocket, kItself}) {
    const std::uint64_t id = reactor.Connect({bad, kGood});
    reactor.Pass(20);
    ExpectConnected(id);
    EXPECT_EQ(reactor.reactor.At(reactor.newest().slot, id)->peer, kGood);
    reactor.backend.TakeDialled();
  }
}

TEST_P(Connects, FailWithTheLastErrorWhenAllFail) {
  const std::uint64_t id = reactor.Connect({kUnreachable, kItself, kRefuses});
  reactor.Settle();
  ExpectFailed(id, ErrorCode::kConnectionRefused);
}

TEST_P(Connects, WithoutAnAddressFail) {
  const std::uint64_t id = reactor.Connect({});
  reactor.Settle();
  ExpectFailed(id, ErrorCode::kAddressNotAvailable);
}

TEST_P(Connects, GiveASilentAddressItsShareAndThenTryTheNext) {
  const std::uint64_t id = reactor.Connect({kSilent, kGood});
  reactor.Pass(240);
  EXPECT_FALSE(reactor.log[id].opened);
  reactor.Pass(20);
  ExpectConnected(id);
}

TEST_P(Connects, GiveTheShareFromTheTimeOfTheCall) {
  // The reactor has slept for long; its last turn knows nothing of that.
  reactor.backend.AdvanceClock(60'000);
  const std::uint64_t id = reactor.Connect({kSlow, kGood});
  reactor.Pass(200);
  EXPECT_FALSE(reactor.log[id].opened);
  reactor.Pass(60);
  ExpectConnected(id);
}

TEST_P(Connects, LeaveTheLastAddressAllTheTimeThereIs) {
  const std::uint64_t id = reactor.Connect({kRefuses, kSilent}, 5000);
  reactor.Pass(4990);
  EXPECT_FALSE(reactor.log[id].closed);
  reactor.Pass(20);
  ExpectFailed(id, ErrorCode::kTimedOut);
}

TEST_P(Connects, EndAtTheDeadlineEvenAmongManyAddresses) {
  const std::uint64_t id = reactor.Connect({kSilent, kSilent, kSilent, kSilent, kSilent}, 600);
  reactor.Pass(590);
  EXPECT_FALSE(reactor.log[id].closed);
  reactor.Pass(20);
  ExpectFailed(id, ErrorCode::kTimedOut);
}

TEST_P(Connects, WithoutADeadlineWaitAsLongAsTheSystemDoes) {
  const std::uint64_t id = reactor.Connect({kSilent});
  reactor.Pass(3'600'000);
  EXPECT_FALSE(reactor.log[id].closed);
  reactor.reactor.Cancel(reactor.component, id);
  reactor.Settle();
  EXPECT_TRUE(reactor.log[id].closed);
}

TEST_P(Connects, GiveAnAddressThatDidNotAnswerLongerTheNextTime) {
  const std::uint64_t id = reactor.Connect({kSlow, kSilent}, 2000);
  // The first would have answered now, had it not been given up for the second.
  reactor.Pass(490);
  EXPECT_FALSE(reactor.log[id].opened);
  EXPECT_FALSE(reactor.log[id].closed);
  reactor.Pass(320);
  ExpectConnected(id);
  EXPECT_EQ(reactor.reactor.At(reactor.newest().slot, id)->peer, kSlow);
}

TEST_P(Connects, GiveTheOnlyAddressThatDoesNotRefuseAllTheTimeThereIs) {
  reactor.backend.Answer(kFar, {.after_ms = 30'000});
  const std::uint64_t id = reactor.Connect({kFar, kRefuses, kNoSocket});
  reactor.Pass(30'240);
  EXPECT_FALSE(reactor.log[id].opened);
  reactor.Pass(20);
  ExpectConnected(id);
}

TEST_P(Connects, DoNotTryAddressesInTurnForEver) {
  const std::uint64_t id = reactor.Connect({kSilent, kFar});
  reactor.backend.Answer(kFar, {.after_ms = 60'000});
  // Both have had 32 seconds by then, and the last one has been left alone.
  reactor.Pass(200'000);
  ExpectConnected(id);
}

TEST_P(Connects, MayBeCalledOff) {
  const std::uint64_t other = reactor.Connect({kSilent});
  const std::uint64_t id = reactor.Connect({kSilent, kGood});
  reactor.Pass(10);
  reactor.reactor.Cancel(reactor.component, id);
  reactor.Settle();
  EXPECT_TRUE(reactor.log[id].closed);
  EXPECT_EQ(reactor.log[id].operation, Operation::kClose);
  EXPECT_EQ(reactor.log[id].error, ErrorCode::kOk);
  EXPECT_FALSE(reactor.log[other].closed);
  EXPECT_EQ(reactor.reactor.load(), 1U);
  reactor.Pass(1000);
}

TEST_P(Connects, CalledOffInTheMomentOfSuccessAreClosedOnce) {
  const std::uint64_t id = reactor.Connect({kGood});
  reactor.backend.AdvanceClock(10);
  reactor.reactor.Cancel(reactor.component, id);
  reactor.Settle();
  EXPECT_FALSE(reactor.log[id].opened);
  EXPECT_TRUE(reactor.log[id].closed);
  EXPECT_EQ(reactor.reactor.load(), 0U);
}

TEST_P(Connects, CannotBeCalledOffOnceTold) {
  const std::uint64_t id = reactor.Connect({kGood});
  reactor.Pass(10);
  reactor.reactor.Cancel(reactor.component, id);
  reactor.reactor.Cancel(reactor.component, id + 1);
  reactor.Settle();
  ExpectConnected(id);
}

TEST_P(Connects, ManyAtOnceEndEachInItsOwnWay) {
  std::vector<std::uint64_t> ids;
  for (int i = 0; i < 300; ++i) {
    ids.push_back(
        reactor.Connect({i % 2 == 0 ? kRefuses : kSilent, i % 3 == 0 ? kGood : kRefuses}, 900));
  }
  reactor.Pass(1000);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(reactor.log[ids[i]].opened, i % 3 == 0);
    EXPECT_EQ(reactor.log[ids[i]].closed, i % 3 != 0);
  }
  EXPECT_EQ(reactor.reactor.load(), 100U);
}

}  // namespace
}  // namespace hp::net
