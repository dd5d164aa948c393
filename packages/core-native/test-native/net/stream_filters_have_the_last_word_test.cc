// SPDX-License-Identifier: Apache-2.0
#include "stream_filter_fixture.h"

namespace hp::net {
namespace {

const std::string kGoodbye(1, TestFilter::kGoodbye);

class LastWords : public FilterTest {};

HP_IN_BOTH_STYLES(LastWords);

TEST_P(LastWords, AreSaidOnADisconnect) {
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  reactor.Disconnect(reactor.newest());
  reactor.Settle();
  EXPECT_EQ(peer->Receive(), kGoodbye);
  EXPECT_TRUE(peer->ended());
  EXPECT_EQ(reactor.log.newest().error, ErrorCode::kOk);
}

TEST_P(LastWords, AreNotSaidBehindWhatIsDropped) {
  TestReactor reactor(GetParam(), settings);
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = Greeted(reactor);
  reactor.Send(reactor.newest(), Letters(3 * kCapacity));
  reactor.Disconnect(reactor.newest());
  reactor.Settle();
  EXPECT_EQ(peer->Receive().find(TestFilter::kGoodbye), std::string::npos);
}

TEST_P(LastWords, AreNotSaidBeforeAReset) {
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  reactor.Disconnect(reactor.newest(), kDisconnectAbort);
  reactor.Settle();
  EXPECT_EQ(peer->Receive(), "");
}

TEST_P(LastWords, AnswerThoseOfThePeer) {
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  peer->Send(kGoodbye);
  reactor.Settle();
  EXPECT_EQ(peer->Receive(), kGoodbye);
  EXPECT_TRUE(reactor.log.newest().closed);
}

TEST_P(LastWords, FollowTheAnswersToWhatCameBefore) {
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  peer->Send(TestFilter::Flip("asked") + kGoodbye);
  reactor.Turn();
  reactor.Send(reactor.newest(), "answered");
  reactor.See();
  reactor.Settle();
  EXPECT_EQ(peer->Receive(), TestFilter::Flip("answered") + kGoodbye);
}

TEST_P(LastWords, OfAFlushingDisconnectWaitUntilThePeerEnds) {
  TestReactor reactor(GetParam(), settings);
  reactor.backend.set_stream_capacity(kCapacity);
  const auto peer = Greeted(reactor);
  reactor.Send(reactor.newest(), Letters(3 * kCapacity));
  reactor.Disconnect(reactor.newest(), kDisconnectFlush);
  std::string received;
  while (received.size() < 3 * kCapacity + 1) {
    reactor.Settle();
    // Else what it says here would be answered with a reset.
    peer->Send("still here");
    received += peer->Receive();
  }
  EXPECT_EQ(received, TestFilter::Flip(Letters(3 * kCapacity)) + kGoodbye);
  reactor.Settle();
  EXPECT_TRUE(peer->ended());
  EXPECT_EQ(filter.instances, 1);
  peer->FinishSending();
  reactor.Settle();
  EXPECT_EQ(filter.instances, 0);
}

TEST_P(LastWords, OfAFlushingDisconnectAreNotWaitedForInVain) {
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  reactor.Disconnect(reactor.newest(), kDisconnectFlush);
  reactor.Settle();
  EXPECT_EQ(filter.instances, 1);
  reactor.Pass(20'000);
  EXPECT_EQ(filter.instances, 0);
}

TEST_P(LastWords, OfAFlushingDisconnectEndWithTheComponent) {
  TestReactor reactor(GetParam(), settings);
  const auto peer = Greeted(reactor);
  reactor.Disconnect(reactor.newest(), kDisconnectFlush);
  reactor.Settle();
  reactor.reactor.StopAccepting(reactor.component);
  reactor.listening = false;
  reactor.Settle();
  EXPECT_EQ(filter.instances, 0);
}

}  // namespace
}  // namespace hp::net
