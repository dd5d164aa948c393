// SPDX-License-Identifier: Apache-2.0
#include "datagram_fixture.h"

namespace hp::sys {
namespace {

HP_DATAGRAM_SUITE(ReceivingDatagrams);

TEST_P(ReceivingDatagrams, KeepsOrderAndSizesAndNamesTheSender) {
  Bound bound = Open();
  const auto peer = MakePeer();
  const std::vector<std::string> sent = {"one", "", Pattern(kMaxBytes), "x", Pattern(1000), ""};
  for (const std::string& each : sent) peer->Send(bound.at, each);
  const std::vector<Arrival> arrivals = Receive(bound.socket, sent.size());
  EXPECT_EQ(BytesOf(arrivals), sent);
  for (const Arrival& each : arrivals) {
    EXPECT_TRUE(each.peer == peer->local());
    EXPECT_FALSE(each.cut);
  }
  CloseAndWait(bound.socket);
}

TEST_P(ReceivingDatagrams, TakesTheLongestThereIs) {
  constexpr std::uint32_t kLongest = 65'507;
  Bound bound = Open({}, Family::kIPv4, kLongest);
  const auto peer = MakePeer();
  const std::string longest = Pattern(kLongest);
  peer->Send(bound.at, longest);
  const std::vector<Arrival> arrivals = Receive(bound.socket, 1, 2, kLongest);
  ASSERT_EQ(arrivals.size(), 1U);
  EXPECT_TRUE(arrivals[0].bytes == longest);
  EXPECT_FALSE(arrivals[0].cut);
  CloseAndWait(bound.socket);
}

TEST_P(ReceivingDatagrams, CutsWhatIsLongerThanItsMemoryAndNothingElse) {
  Bound bound = Open();
  const auto peer = MakePeer();
  const std::string just = Pattern(kMaxBytes);
  const std::string longer = Pattern(kMaxBytes + 1);
  const std::string longest = Pattern(20'000);
  for (const std::string& each : {longer, just, longest, std::string("short")}) {
    peer->Send(bound.at, each);
  }
  const std::vector<Arrival> arrivals = Receive(bound.socket, 4);
  ASSERT_EQ(arrivals.size(), 4U);
  EXPECT_TRUE(arrivals[0].bytes == just);
  EXPECT_TRUE(arrivals[1].bytes == just);
  EXPECT_TRUE(arrivals[2].bytes == longest.substr(0, kMaxBytes));
  EXPECT_EQ(arrivals[3].bytes, "short");
  EXPECT_TRUE(arrivals[0].cut);
  EXPECT_FALSE(arrivals[1].cut);
  EXPECT_TRUE(arrivals[2].cut);
  EXPECT_FALSE(arrivals[3].cut);
  for (const Arrival& each : arrivals) EXPECT_TRUE(each.peer == peer->local());
  CloseAndWait(bound.socket);
}

TEST_P(ReceivingDatagrams, TellsThemApartBySender) {
  Bound bound = Open();
  std::array<std::unique_ptr<DatagramPeer>, 3> peers = {MakePeer(), MakePeer(), MakePeer()};
  for (const std::size_t i : {2U, 0U, 1U, 0U}) peers[i]->Send(bound.at, std::to_string(i));
  const std::vector<Arrival> arrivals = Receive(bound.socket, 4);
  EXPECT_EQ(BytesOf(arrivals), (std::vector<std::string>{"2", "0", "1", "0"}));
  for (const Arrival& each : arrivals) {
    EXPECT_TRUE(each.peer == peers[std::stoul(each.bytes)]->local());
  }
  CloseAndWait(bound.socket);
}

TEST_P(ReceivingDatagrams, GoesOnWhereTheCallersArrayEnds) {
  Bound bound = Open();
  const auto peer = MakePeer();
  for (const std::size_t places : {1U, 3U, 100U}) {
    const std::vector<std::string> sent = Numbered(40, 20);
    for (const std::string& each : sent) peer->Send(bound.at, each);
    EXPECT_EQ(BytesOf(Receive(bound.socket, sent.size(), places)), sent) << places;
  }
  CloseAndWait(bound.socket);
}

TEST_P(ReceivingDatagrams, AnnouncesAgainWhatComesLater) {
  Bound bound = Open();
  const auto peer = MakePeer();
  for (const std::string& each : Numbered(20, 30)) {
    peer->Send(bound.at, each);
    EXPECT_EQ(BytesOf(Receive(bound.socket, 1)), std::vector{each});
    ExpectQuiet(1);
  }
  CloseAndWait(bound.socket);
}

TEST_P(ReceivingDatagrams, TakesWhatComesBetweenTwoCalls) {
  Bound bound = Open();
  const auto peer = MakePeer();
  for (const char* each : {"a", "b", "c"}) peer->Send(bound.at, each);
  ASSERT_TRUE(Await(Kind::kReadable, bound.socket.token));
  std::vector<Arrival> arrivals = ReceiveOnce(bound.socket, 1);
  for (const char* each : {"d", "e", "f", "g", "h"}) peer->Send(bound.at, each);
  while (last_receive.more) {
    for (const Arrival& each : ReceiveOnce(bound.socket, 2)) arrivals.push_back(each);
  }
  if (arrivals.size() < 8) {
    for (const Arrival& each : Receive(bound.socket, 8 - arrivals.size())) {
      arrivals.push_back(each);
    }
  }
  EXPECT_EQ(BytesOf(arrivals), (std::vector<std::string>{"a", "b", "c", "d", "e", "f", "g", "h"}));
  CloseAndWait(bound.socket);
}

TEST_P(ReceivingDatagrams, KeepsUpWithAPeerThatGoesOnSending) {
  Bound bound = Open();
  const auto peer = MakePeer();
  const std::vector<std::string> sent = Numbered(2000, 30);
  std::vector<std::string> received;
  std::size_t next = 0;
  bool readable = false;
  while (received.size() < sent.size()) {
    // Never more than there is room for.
    const std::size_t end = std::min({next + 1 + next % 13, received.size() + 50, sent.size()});
    while (next < end) peer->Send(bound.at, sent[next++]);
    if (!readable) {
      ASSERT_TRUE(Await(Kind::kReadable, bound.socket.token));
    }
    for (std::size_t calls = 0; calls < 1 + next % 4; ++calls) {
      for (const Arrival& each : ReceiveOnce(bound.socket, 1 + next % 7)) {
        received.push_back(each.bytes);
      }
      readable = last_receive.more;
      if (!readable) break;
    }
  }
  EXPECT_EQ(received, sent);
  if (readable) ReceiveAll(bound.socket);
  CloseAndWait(bound.socket);
}

TEST_P(ReceivingDatagrams, FindsWhatCameBeforeItWasAttached) {
  Endpoint at;
  const Handle handle = world->OpenDatagrams(Family::kIPv4, {}, at);
  const auto peer = MakePeer();
  peer->Send(at, "early");
  Socket socket = AttachDatagrams(handle);
  EXPECT_EQ(BytesOf(Receive(socket, 1)), std::vector<std::string>{"early"});
  CloseAndWait(socket);
}

TEST_P(ReceivingDatagrams, CanWaitUnanswered) {
  Bound bound = Open();
  const auto peer = MakePeer();
  const std::vector<std::string> sent = Numbered(kPosted + 20, 50);
  for (const std::string& each : sent) peer->Send(bound.at, each);
  ASSERT_TRUE(Await(Kind::kReadable, bound.socket.token));
  // At most once for each arrival, and then no more.
  EXPECT_LE(CollectFor(20).size(), sent.size());
  ExpectQuiet(50);
  EXPECT_EQ(BytesOf(ReceiveAll(bound.socket)).front(), sent.front());
  CloseAndWait(bound.socket);
}

TEST_P(ReceivingDatagrams, LosesNothingThatWaited) {
  Bound bound = Open();
  const auto peer = MakePeer();
  const std::vector<std::string> sent = Numbered(kPosted * 5, 50);
  for (const std::string& each : sent) {
    peer->Send(bound.at, each);
    CollectFor(1);
  }
  // kReadable was told, and put aside unanswered.
  std::vector<std::string> received = BytesOf(ReceiveAll(bound.socket));
  while (received.size() < sent.size()) {
    const std::vector<Arrival> arrivals = Receive(bound.socket, 1);
    ASSERT_FALSE(arrivals.empty());
    for (const Arrival& each : arrivals) received.push_back(each.bytes);
  }
  EXPECT_EQ(received, sent);
  CloseAndWait(bound.socket);
}

TEST_P(ReceivingDatagrams, TakesOnlyItsPeersWhenConnected) {
  const auto peer = MakePeer();
  const auto stranger = MakePeer();
  Bound bound = Open(peer->local());
  stranger->Send(bound.at, "not from the peer");
  peer->Send(bound.at, "from the peer");
  stranger->Send(bound.at, "neither");
  const std::vector<Arrival> arrivals = Receive(bound.socket, 1);
  EXPECT_EQ(BytesOf(arrivals), std::vector<std::string>{"from the peer"});
  ASSERT_FALSE(arrivals.empty());
  EXPECT_TRUE(arrivals[0].peer == peer->local());
  ExpectQuiet();
  CloseAndWait(bound.socket);
}

TEST_P(ReceivingDatagrams, WorksOverIPv6) {
  Bound bound = Open({}, Family::kIPv6);
  const auto peer = MakePeer(Family::kIPv6);
  peer->Send(bound.at, "six");
  const std::vector<Arrival> arrivals = Receive(bound.socket, 1);
  ASSERT_EQ(BytesOf(arrivals), std::vector<std::string>{"six"});
  EXPECT_TRUE(arrivals[0].peer == peer->local());
  const Endpoint back = arrivals[0].peer;
  SendOne(bound.socket, "sixty", &back);
  const std::vector<Datagram> received = PeerReceives(*peer, 1);
  ASSERT_EQ(BytesOf(received), std::vector<std::string>{"sixty"});
  EXPECT_TRUE(received[0].peer == bound.at);
  CloseAndWait(bound.socket);
}

TEST_P(ReceivingDatagrams, DoesNotMixTwoSockets) {
  Bound first = Open();
  Bound second = Open();
  const auto peer = MakePeer();
  const std::vector<std::string> sent = Numbered(30, 40);
  for (std::size_t i = 0; i < sent.size(); ++i) {
    peer->Send((i % 2 == 0 ? first : second).at, sent[i]);
  }
  std::vector<std::string> even;
  std::vector<std::string> odd;
  for (std::size_t i = 0; i < sent.size(); ++i) (i % 2 == 0 ? even : odd).push_back(sent[i]);
  EXPECT_EQ(BytesOf(Receive(second.socket, odd.size())), odd);
  EXPECT_EQ(BytesOf(Receive(first.socket, even.size())), even);
  CloseAndWait(first.socket);
  CloseAndWait(second.socket);
}

}  // namespace
}  // namespace hp::sys
