// SPDX-License-Identifier: Apache-2.0
#include "datagram_reactor.h"

namespace hp::net {
namespace {

HP_REACTOR_SUITE(DatagramMemory);

// What a turn receives, in datagrams of a thousand bytes, is less than this.
constexpr std::size_t kMoreThanATurn = 400;

void DeliverMany(sys::FakeDatagrams& socket, std::uint16_t peer, std::size_t count) {
  const std::string bytes = Pattern(1000);
  for (std::size_t i = 0; i < count; ++i) socket.Deliver(Loopback(peer), bytes);
}

TEST_P(DatagramMemory, ThatEndsWithinABatchLosesNothingAndKeepsTheOrder) {
  DatagramServer server(GetParam());
  const Target first = server.Accept(1001, "0");
  const Target second = server.Accept(1002, "0");
  Texts expected{"0"};
  server.memory.set_stock(3);
  for (int i = 1; i < 6; ++i) {
    expected.push_back(std::to_string(i));
    server.Deliver(1001, expected.back());
    server.Deliver(1002, expected.back());
  }
  server.Settle();
  EXPECT_EQ(server.received(first).size() + server.received(second).size(), 5U);
  EXPECT_FALSE(server.reactor.HasWork());
  // More arrives meanwhile, and comes behind it.
  expected.push_back("6");
  server.Deliver(1001, "6");
  server.Deliver(1002, "6");
  server.Settle();
  EXPECT_FALSE(server.reactor.HasWork());
  server.memory.set_stock(4);
  EXPECT_TRUE(server.reactor.HasWork());
  server.Settle();
  EXPECT_EQ(server.received(first).size() + server.received(second).size(), 9U);
  server.memory.set_stock(TestMemory::kUnlimited);
  server.Settle();
  EXPECT_EQ(server.received(first), expected);
  EXPECT_EQ(server.received(second), expected);
}

TEST_P(DatagramMemory, ThatEndsKeepsNobodyFromSending) {
  DatagramServer server(GetParam());
  const Target target = server.Accept(1001);
  server.memory.set_stock(0);
  server.Deliver(1001, "question");
  server.Settle();
  server.Send(target, "answer");
  EXPECT_EQ(TakeSent(*server.socket), Texts{"1001:answer"});
}

TEST_P(DatagramMemory, OfOneDatagramAfterTheOtherIsEnough) {
  DatagramServer server(GetParam());
  Texts expected;
  for (int i = 0; i < 100; ++i) {
    expected.push_back(std::to_string(i));
    server.Deliver(1001, expected.back());
  }
  for (int i = 0; i < 100; ++i) {
    server.memory.set_stock(1);
    server.Turn();
    server.See();
  }
  EXPECT_EQ(server.received(), expected);
}

TEST_P(DatagramMemory, ThatEndsOnAFirstDatagramDoesNotAcceptTwice) {
  DatagramServer server(GetParam());
  server.memory.set_stock(0);
  server.Deliver(1001, "first");
  server.Settle();
  EXPECT_TRUE(server.log.newest().opened);
  EXPECT_EQ(server.received(), Texts{});
  server.memory.set_stock(TestMemory::kUnlimited);
  server.Settle();
  EXPECT_EQ(server.received(), Texts{"first"});
  EXPECT_EQ(server.log.CountOf(EventKind::kAccept), 1U);
}

TEST_P(DatagramMemory, ThatWasTakenForAConnectionThatIsClosedIsNotToldToIt) {
  DatagramClient client(GetParam());
  client.Open();
  client.Settle();
  client.memory.set_stock(1);
  for (int i = 0; i < 5; ++i) client.Deliver(std::to_string(i));
  client.Settle();
  client.Disconnect(client.target);
  client.memory.set_stock(TestMemory::kUnlimited);
  client.Settle();
  EXPECT_EQ(client.told().messages, Texts{"0"});
  EXPECT_FALSE(client.reactor.HasWork());
}

TEST_P(DatagramMemory, OfTwoSocketsIsNotMixed) {
  DatagramServer server(GetParam());
  DatagramSocket second;
  const sys::Handle handle = server.backend.OpenDatagrams(second, Loopback(2));
  ASSERT_EQ(server.reactor.ServeDatagrams(server.component, handle), ErrorCode::kOk);
  const Target one = server.Accept(1001, "one");
  second->Deliver(Loopback(1001), "two");
  server.Settle();
  const Target two = server.newest();
  for (int i = 0; i < 20; ++i) {
    server.Deliver(1001, "one");
    second->Deliver(Loopback(1001), "two");
    server.memory.set_stock(1);
    server.Settle();
  }
  server.memory.set_stock(TestMemory::kUnlimited);
  server.Settle();
  EXPECT_EQ(server.received(one), Texts(21, "one"));
  EXPECT_EQ(server.received(two), Texts(21, "two"));
}

TEST_P(DatagramMemory, IsTakenInTurnsOfABoundedSize) {
  DatagramServer server(GetParam());
  DeliverMany(*server.socket, 1001, 2000);
  std::size_t before = 0;
  for (int turn = 0; turn < 5; ++turn) {
    server.Turn();
    server.See();
    const std::size_t told = server.received().size() - before;
    EXPECT_GT(told, 50U);
    EXPECT_LT(told, kMoreThanATurn);
    before += told;
  }
  server.Settle();
  EXPECT_EQ(server.received(), Texts(2000, Pattern(1000)));
}

TEST_P(DatagramMemory, IsBoundedForDatagramsWithoutBytesAsWell) {
  ComponentSettings settings;
  settings.opens_by_itself = true;
  DatagramServer server(GetParam(), settings);
  for (int i = 0; i < 10'000; ++i) server.Deliver(1001, "");
  server.Turn();
  EXPECT_LT(server.socket->TakeSent().size(), 5000U);
  EXPECT_TRUE(server.reactor.HasWork());
}

TEST_P(DatagramMemory, IsBoundedForErrorsAsWell) {
  DatagramServer server(GetParam());
  const Target target = server.Accept(1001);
  const auto peer = server.TestReactor::Accept();
  const Target stream = server.newest();
  server.socket->FailReceives(ErrorCode::kOutOfMemory);
  server.Deliver(1001, "after all");
  peer->Send("me too");
  for (int i = 0; i < 3; ++i) server.Turn();
  EXPECT_EQ(server.log[stream.id].received, "me too");
  server.socket->FailReceives(ErrorCode::kOk);
  server.Settle();
  EXPECT_EQ(server.received(target), (Texts{"hello", "after all"}));
}

TEST_P(DatagramMemory, IsSharedByTwoSocketsThatAreBusy) {
  DatagramServer server(GetParam());
  DatagramSocket second;
  const sys::Handle handle = server.backend.OpenDatagrams(second, Loopback(2));
  ASSERT_EQ(server.reactor.ServeDatagrams(server.component, handle), ErrorCode::kOk);
  const Target one = server.Accept(1001);
  second->Deliver(Loopback(1002), "hello");
  server.Settle();
  const Target two = server.newest();
  for (int turn = 0; turn < 50; ++turn) {
    DeliverMany(*server.socket, 1001, kMoreThanATurn);
    DeliverMany(*second, 1002, kMoreThanATurn);
    server.Turn();
    server.See();
    server.memory.Forget();
  }
  const auto [least, most] =
      std::minmax({server.received(one).size(), server.received(two).size()});
  EXPECT_GT(least * 2, most);
}

TEST_P(DatagramMemory, IsNotAllForStreamsHoweverBusyTheyAre) {
  DatagramServer server(GetParam());
  server.backend.set_stream_capacity(256 << 10);
  std::vector<std::unique_ptr<sys::FakePeer>> busy;
  for (int i = 0; i < 8; ++i) busy.push_back(server.TestReactor::Accept());
  const Target modest = server.Accept(1001);
  const std::string bytes = Pattern(256 << 10);
  for (int turn = 0; turn < 30; ++turn) {
    for (const auto& peer : busy) peer->Send(bytes);
    if (turn == 10) server.Deliver(1001, "me too");
    server.Turn();
    server.See();
    server.memory.Forget();
  }
  EXPECT_EQ(server.received(modest), (Texts{"hello", "me too"}));
}

TEST_P(DatagramMemory, IsNotAllForDatagramsHoweverManyComeIn) {
  DatagramServer server(GetParam());
  const auto modest = server.TestReactor::Accept();
  const Target stream = server.newest();
  for (int turn = 0; turn < 30; ++turn) {
    DeliverMany(*server.socket, 1001, kMoreThanATurn);
    if (turn == 10) modest->Send("me too");
    server.Turn();
    server.See();
    server.memory.Forget();
  }
  EXPECT_EQ(server.log[stream.id].received, "me too");
}

TEST_P(DatagramMemory, OfAServerIsDeniedToAPeerThatHasMuchUndeliveredAlone) {
  DatagramServer server(GetParam(), {}, {.undelivered_bytes = 10'000});
  const Target greedy = server.Accept(1001);
  const Target modest = server.Accept(1002);
  DeliverMany(*server.socket, 1001, 100);
  server.Deliver(1002, "me too");
  for (int i = 0; i < 5; ++i) server.Turn();
  EXPECT_EQ(server.received(greedy).size(), 12U);
  EXPECT_EQ(server.counters().dropped_datagrams.Read(), 89U);
  EXPECT_EQ(server.received(modest), (Texts{"hello", "me too"}));
  server.See();
  server.Deliver(1001, "again");
  server.Settle();
  EXPECT_EQ(server.received(greedy).back(), "again");
}

TEST_P(DatagramMemory, IsAskedForToBeBorrowedWhereThatIsSaid) {
  ComponentSettings settings;
  settings.borrowed_receive = true;
  DatagramServer server(GetParam(), settings);
  const Target target = server.Accept(1001);
  EXPECT_EQ(server.log.events().back().flags, kBorrowed);
  server.Do(CommandKind::kBorrow, target);
  server.Deliver(1001, "kept");
  server.Settle();
  EXPECT_EQ(server.log.events().back().flags, 0);
}

}  // namespace
}  // namespace hp::net
