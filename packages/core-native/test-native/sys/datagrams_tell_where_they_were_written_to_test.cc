// SPDX-License-Identifier: Apache-2.0
#include "datagram_fixture.h"

namespace hp::sys {
namespace {

constexpr Endpoint kSecond{.address = {127, 0, 0, 2}, .family = Family::kIPv4};
constexpr Endpoint kThird{.address = {127, 0, 0, 3}, .family = Family::kIPv4};

class SocketOnEveryAddress : public DatagramTest {
 protected:
  Bound OpenEverywhere(Family family, bool tells_local = true) {
    Bound bound;
    const Handle handle = world->OpenDatagramsEverywhere(family, bound.at);
    bound.socket = AttachDatagrams(handle, kMaxBytes, tells_local);
    return bound;
  }

  // What came, written to `address` of the socket's.
  Arrival Written(Bound& bound, DatagramPeer& peer, Endpoint address) {
    address.port = bound.at.port;
    peer.Send(address, "question");
    const std::vector<Arrival> arrivals = Receive(bound.socket, 1);
    EXPECT_EQ(BytesOf(arrivals), std::vector<std::string>{"question"});
    return arrivals.empty() ? Arrival{} : arrivals[0];
  }

  // A peer writes to `address`, and sees the answer come from there.
  void ExpectToAnswerFrom(const Endpoint& address, Bound& bound) {
    SCOPED_TRACE(FormatAddress(address));
    const auto peer = MakePeer(address.family);
    const Arrival question = Written(bound, *peer, address);
    EXPECT_EQ(FormatAddress(question.local), FormatAddress(address));
    const OutgoingDatagram answer{AsBytes("answer"), &question.peer, &question.local};
    SendAll(bound.socket, {&answer, 1});
    const std::vector<Datagram> answers = PeerReceives(*peer, 1);
    ASSERT_EQ(BytesOf(answers), std::vector<std::string>{"answer"});
    EXPECT_EQ(FormatAddress(answers[0].peer), FormatAddress(address));
    EXPECT_EQ(answers[0].peer.port, bound.at.port);
    EXPECT_TRUE(errors.empty());
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, SocketOnEveryAddress, ::testing::ValuesIn(AllWorlds()), NameOf);

#define HP_NEEDS_LOCAL() \
  if (!world->TellsLocal()) GTEST_SKIP() << "the backend leaves it to the system"

Endpoint LoopbackOf(Family family) {
  Endpoint loopback{.family = family};
  if (family == Family::kIPv4) return {.address = {127, 0, 0, 1}, .family = family};
  loopback.address[15] = 1;
  return loopback;
}

TEST_P(SocketOnEveryAddress, AnswersFromTheOneWrittenTo) {
  HP_NEEDS_LOCAL();
  Bound bound = OpenEverywhere(Family::kIPv4);
  for (const Endpoint& address : {kSecond, LoopbackOf(Family::kIPv4), kThird}) {
    ExpectToAnswerFrom(address, bound);
  }
  CloseAndWait(bound.socket);
}

TEST_P(SocketOnEveryAddress, OfBothFamiliesAnswersFromTheOneWrittenTo) {
  HP_NEEDS_LOCAL();
  Bound bound = OpenEverywhere(Family::kIPv6);
  for (const Endpoint& address : {kSecond, LoopbackOf(Family::kIPv6), kThird}) {
    ExpectToAnswerFrom(address, bound);
  }
  CloseAndWait(bound.socket);
}

TEST_P(SocketOnEveryAddress, MayAnswerOnePeerFromSeveralAtOnce) {
  HP_NEEDS_LOCAL();
  Bound bound = OpenEverywhere(Family::kIPv4);
  const auto peer = MakePeer();
  const Arrival second = Written(bound, *peer, kSecond);
  const Arrival third = Written(bound, *peer, kThird);
  const std::vector<std::string> sent = Numbered(90, 100);
  std::vector<OutgoingDatagram> datagrams = To(&second.peer, sent);
  const auto local_of = [&](std::size_t i) { return i / 10 % 2 == 0 ? &second : &third; };
  for (std::size_t i = 0; i < sent.size(); ++i) datagrams[i].local = &local_of(i)->local;
  SendAll(bound.socket, datagrams);
  const std::vector<Datagram> received = PeerReceives(*peer, sent.size());
  ASSERT_EQ(BytesOf(received), sent);
  for (std::size_t i = 0; i < sent.size(); ++i) {
    EXPECT_EQ(received[i].peer.address, local_of(i)->local.address) << i;
  }
  CloseAndWait(bound.socket);
}

TEST_P(SocketOnEveryAddress, AnswersFromAnyWhereNoneIsGiven) {
  for (const Family family : {Family::kIPv4, Family::kIPv6}) {
    Bound bound = OpenEverywhere(family);
    const auto peer = MakePeer(family);
    const Arrival question = Written(bound, *peer, LoopbackOf(family));
    SendOne(bound.socket, "answer", &question.peer);
    EXPECT_EQ(BytesOf(PeerReceives(*peer, 1)), std::vector<std::string>{"answer"});
    CloseAndWait(bound.socket);
  }
}

TEST_P(SocketOnEveryAddress, TellsNoneWhereNobodyAsks) {
  for (const Family family : {Family::kIPv4, Family::kIPv6}) {
    Bound bound = OpenEverywhere(family, false);
    const auto peer = MakePeer(family);
    EXPECT_EQ(Written(bound, *peer, LoopbackOf(family)).local.family, Family::kNone);
    CloseAndWait(bound.socket);
  }
}

HP_DATAGRAM_SUITE(SocketOnOneAddress);

TEST_P(SocketOnOneAddress, TellsNoneThoughAsked) {
  Bound bound;
  const Handle handle = world->OpenDatagrams(Family::kIPv4, {}, bound.at);
  bound.socket = AttachDatagrams(handle, kMaxBytes, true);
  MakePeer()->Send(bound.at, "question");
  const std::vector<Arrival> arrivals = Receive(bound.socket, 1);
  ASSERT_EQ(arrivals.size(), 1U);
  EXPECT_EQ(arrivals[0].local.family, Family::kNone);
  CloseAndWait(bound.socket);
}

}  // namespace
}  // namespace hp::sys
