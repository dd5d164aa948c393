// SPDX-License-Identifier: Apache-2.0
#include "datagram_fixture.h"

namespace hp::sys {
namespace {

class SendingDatagrams : public DatagramTest {
 protected:
  // Sends all to one peer, from a socket that is connected or not, and compares.
  void ExpectToArrive(const std::vector<std::string>& sent, bool connected) {
    const auto peer = MakePeer();
    const Endpoint at = peer->local();
    Bound bound = Open(connected ? at : Endpoint{});
    SendAll(bound.socket, To(connected ? nullptr : &at, sent));
    const std::vector<Datagram> received = PeerReceives(*peer, sent.size());
    EXPECT_TRUE(BytesOf(received) == sent);
    for (const Datagram& each : received) EXPECT_TRUE(each.peer == bound.at);
    EXPECT_TRUE(errors.empty());
    CloseAndWait(bound.socket);
  }
  void ExpectToArrive(const std::vector<std::string>& sent) {
    ExpectToArrive(sent, false);
    ExpectToArrive(sent, true);
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, SendingDatagrams, ::testing::ValuesIn(AllWorlds()), NameOf);

TEST_P(SendingDatagrams, OfOneSize) { ExpectToArrive(Numbered(10, 300)); }

TEST_P(SendingDatagrams, OfOneSizeAndAShorterLast) {
  std::vector<std::string> sent = Numbered(10, 300);
  sent.push_back("a short one");
  ExpectToArrive(sent);
}

TEST_P(SendingDatagrams, OfOneSizeWithAnotherInBetween) {
  std::vector<std::string> sent = Numbered(12, 300);
  sent[4] = "shorter";
  sent[8] = Pattern(301);
  ExpectToArrive(sent);
}

TEST_P(SendingDatagrams, OfOneByte) { ExpectToArrive(Numbered(150, 1)); }

TEST_P(SendingDatagrams, OfNoBytes) { ExpectToArrive({"", "", "x", "", "y", "", ""}); }

TEST_P(SendingDatagrams, OfEverySize) {
  for (const std::size_t bytes : {2U, 3U, 508U, 1472U, 1473U, 9000U, 32'000U, 40'000U, 65'507U}) {
    SCOPED_TRACE(bytes);
    ExpectToArrive(Numbered(3, bytes));
  }
}

TEST_P(SendingDatagrams, OfSizesThatRiseAndFall) {
  std::vector<std::string> sent;
  for (std::size_t i = 0; i < 40; ++i) sent.push_back(Pattern(i < 20 ? i : 40 - i));
  ExpectToArrive(sent);
}

TEST_P(SendingDatagrams, MoreThanOneCallTakes) { ExpectToArrive(Numbered(200, 100)); }

TEST_P(SendingDatagrams, ToManyPeers) {
  constexpr std::size_t kPeers = 8;
  Bound bound = Open();
  std::vector<std::unique_ptr<DatagramPeer>> peers;
  std::vector<Endpoint> places;
  for (std::size_t i = 0; i < kPeers; ++i) {
    peers.push_back(MakePeer());
    places.push_back(peers.back()->local());
  }
  // Some go to one peer one after the other, some in turn.
  const std::vector<std::string> sent = Numbered(160, 80);
  std::vector<OutgoingDatagram> datagrams;
  std::vector<std::vector<std::string>> expected(kPeers);
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const std::size_t to = (i < 80 ? i / 10 : i) % kPeers;
    datagrams.push_back({AsBytes(sent[i]), &places[to]});
    expected[to].push_back(sent[i]);
  }
  SendAll(bound.socket, datagrams);
  for (std::size_t i = 0; i < kPeers; ++i) {
    EXPECT_EQ(BytesOf(PeerReceives(*peers[i], expected[i].size())), expected[i]);
  }
  CloseAndWait(bound.socket);
}

TEST_P(SendingDatagrams, ReturnsTheirMemoryAtOnce) {
  const auto peer = MakePeer();
  const Endpoint at = peer->local();
  Bound bound = Open();
  const std::vector<std::string> expected = Numbered(50, 200);
  std::vector<std::string> sent = expected;
  SendAll(bound.socket, To(&at, sent));
  for (std::string& each : sent) each.assign(each.size(), '!');
  EXPECT_EQ(BytesOf(PeerReceives(*peer, expected.size())), expected);
  CloseAndWait(bound.socket);
}

TEST_P(SendingDatagrams, LeavesOutOneThatIsTooLong) {
  const auto peer = MakePeer();
  const Endpoint at = peer->local();
  Bound bound = Open();
  const std::vector<std::string> sent = {"before", Pattern(70'000), "after", Pattern(70'000),
                                         "at last"};
  SendAll(bound.socket, To(&at, sent));
  EXPECT_EQ(errors, std::vector(2, ErrorCode::kMessageSize));
  EXPECT_EQ(BytesOf(PeerReceives(*peer, 3)),
            (std::vector<std::string>{"before", "after", "at last"}));
  ExpectQuiet(5);
  peer->Send(bound.at, "still there");
  EXPECT_EQ(BytesOf(Receive(bound.socket, 1)), std::vector<std::string>{"still there"});
  CloseAndWait(bound.socket);
}

TEST_P(SendingDatagrams, GoesOnWhenThereIsRoomAgain) {
  std::unique_ptr<DatagramPeer> peer;
  Socket socket = AttachDatagrams(world->OpenScarceDatagrams(peer));
  std::vector<std::string> sent;
  for (std::size_t i = 1; i <= 100; ++i) sent.push_back(Pattern(i));
  // Somewhere it stops.
  std::vector<OutgoingDatagram> datagrams = To(nullptr, sent);
  std::size_t taken = 0;
  DatagramSendResult result;
  while (!result.pending && taken < datagrams.size()) {
    result = backend.SendDatagrams(socket, std::span(datagrams).subspan(taken));
    taken += result.count;
    ASSERT_EQ(result.error, ErrorCode::kOk);
  }
  ASSERT_TRUE(result.pending);
  ASSERT_LT(taken, datagrams.size());
  std::vector<Datagram> received = peer->Receive();
  ASSERT_TRUE(Await(Kind::kSent, socket.token));
  SendAll(socket, std::span(datagrams).subspan(taken), peer.get(), &received);
  for (Datagram& each : PeerReceives(*peer, sent.size() - received.size())) {
    received.push_back(std::move(each));
  }
  EXPECT_EQ(BytesOf(received), sent);
  CloseAndWait(socket);
}

}  // namespace
}  // namespace hp::sys
