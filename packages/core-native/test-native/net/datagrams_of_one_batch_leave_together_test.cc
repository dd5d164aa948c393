// SPDX-License-Identifier: Apache-2.0
#include "datagram_reactor.h"

namespace hp::net {
namespace {

HP_REACTOR_SUITE(DatagramSends);

void AddSend(TestReactor& reactor, const Target& target, std::string_view bytes) {
  reactor.commands.AddWithBytes(CommandKind::kSend, target, bytes);
}

TEST_P(DatagramSends, ToSeveralPeersLeaveInOneCall) {
  DatagramServer server(GetParam());
  const Target first = server.Accept(1001);
  const Target second = server.Accept(1002);
  const std::size_t calls = server.backend.send_calls();
  const std::uint64_t counted = server.counters().send_calls.Read();
  for (int i = 0; i < 5; ++i) {
    AddSend(server, first, "a" + std::to_string(i));
    AddSend(server, second, "b" + std::to_string(i));
  }
  server.Flush();
  EXPECT_EQ(server.backend.send_calls(), calls + 1);
  EXPECT_EQ(server.counters().send_calls.Read(), counted + 1);
  EXPECT_EQ(server.counters().sends.Read(), 10U);
  EXPECT_EQ(server.counters().bytes_sent.Read(), 20U);
  Texts sent = TakeSent(*server.socket);
  std::ranges::stable_sort(sent, {}, [](const std::string& text) { return text.substr(0, 4); });
  EXPECT_EQ(sent, (Texts{"1001:a0", "1001:a1", "1001:a2", "1001:a3", "1001:a4",  //
                         "1002:b0", "1002:b1", "1002:b2", "1002:b3", "1002:b4"}));
}

TEST_P(DatagramSends, AreNeverMergedWhateverThePolicy) {
  for (const SendPolicy policy : {SendPolicy::kPack, SendPolicy::kSafe, SendPolicy::kDirect}) {
    ComponentSettings settings;
    settings.send_policy = policy;
    DatagramServer server(GetParam(), settings);
    const Target target = server.Accept(1001);
    Texts expected;
    for (std::size_t i = 0; i < 200; ++i) {
      const std::string bytes = Pattern(i % 40 + 1);
      AddSend(server, target, bytes);
      expected.push_back("1001:" + bytes);
    }
    server.Flush();
    EXPECT_EQ(TakeSent(*server.socket), expected);
    EXPECT_LE(server.backend.send_calls(), 4U);
  }
}

TEST_P(DatagramSends, ThatTheSystemTakesAFewAtATimeLeaveInOrder) {
  DatagramServer server(GetParam());
  server.backend.set_max_parts(3);
  const Target target = server.Accept(1001);
  Texts expected;
  for (int i = 0; i < 100; ++i) {
    AddSend(server, target, std::to_string(i));
    expected.push_back("1001:" + std::to_string(i));
  }
  server.Flush();
  EXPECT_EQ(TakeSent(*server.socket), expected);
}

TEST_P(DatagramSends, OfTwoSocketsLeaveThroughTheirOwn) {
  DatagramServer server(GetParam());
  DatagramSocket second;
  const sys::Handle handle = server.backend.OpenDatagrams(second, Loopback(2));
  ASSERT_EQ(server.reactor.ServeDatagrams(server.component, handle), ErrorCode::kOk);
  const Target one = server.Accept(1001);
  second->Deliver(Loopback(1001), "hello");
  server.Settle();
  const Target two = server.newest();
  for (int i = 0; i < 3; ++i) {
    AddSend(server, one, "one " + std::to_string(i));
    AddSend(server, two, "two " + std::to_string(i));
  }
  server.Flush();
  EXPECT_EQ(TakeSent(*server.socket), (Texts{"1001:one 0", "1001:one 1", "1001:one 2"}));
  EXPECT_EQ(TakeSent(*second), (Texts{"1001:two 0", "1001:two 1", "1001:two 2"}));
}

TEST_P(DatagramSends, FromOutsideOfTheBufferComeBehindThoseInIt) {
  DatagramServer server(GetParam());
  const Target target = server.Accept(1001);
  const std::size_t calls = server.backend.send_calls();
  AddSend(server, target, "first");
  server.SendNow(target, "second");
  EXPECT_EQ(TakeSent(*server.socket), (Texts{"1001:first", "1001:second"}));
  EXPECT_EQ(server.backend.send_calls(), calls + 1);
}

TEST_P(DatagramSends, BesideThoseOfAStreamDisturbNobody) {
  DatagramServer server(GetParam());
  const Target target = server.Accept(1001);
  const auto peer = server.TestReactor::Accept();
  const Target stream = server.newest();
  for (int i = 0; i < 3; ++i) {
    AddSend(server, stream, "s" + std::to_string(i));
    AddSend(server, target, "d" + std::to_string(i));
  }
  server.Flush();
  EXPECT_EQ(peer->Receive(), "s0s1s2");
  EXPECT_EQ(TakeSent(*server.socket), (Texts{"1001:d0", "1001:d1", "1001:d2"}));
}

TEST_P(DatagramSends, BeforeADisconnectLeaveFirstAndThoseAfterItDoNot) {
  DatagramServer server(GetParam());
  const Target target = server.Accept(1001);
  AddSend(server, target, "goodbye");
  server.commands.AddDisconnect(target, Operation::kClose, ErrorCode::kOk);
  AddSend(server, target, "nobody hears this");
  server.Flush();
  server.Settle();
  EXPECT_EQ(TakeSent(*server.socket), Texts{"1001:goodbye"});
}

TEST_P(DatagramSends, AreToldOneByOneWhereThatIsAskedFor) {
  ComponentSettings settings;
  settings.tells_sends = true;
  DatagramServer server(GetParam(), settings);
  const Target target = server.Accept(1001);
  server.socket->LimitRoom(2);
  for (const char* bytes : {"1", "22", "333", "4444"}) AddSend(server, target, bytes);
  server.Flush();
  server.Settle();
  EXPECT_LT(server.log.CountOf(EventKind::kSend), 4U);
  server.socket->LimitRoom(100);
  server.Settle();
  std::vector<std::uint32_t> lengths;
  for (const Event& event : server.log.events()) {
    if (event.kind == EventKind::kSend) lengths.push_back(event.length);
  }
  EXPECT_EQ(lengths, (std::vector<std::uint32_t>{1, 2, 3, 4}));
}

TEST_P(DatagramSends, ThatFailCloseTheirConnectionAndNoOther) {
  DatagramServer server(GetParam());
  const Target first = server.Accept(1001);
  const Target second = server.Accept(1002);
  server.socket->FailNextSend(ErrorCode::kHostUnreachable, 1);
  for (int i = 0; i < 2; ++i) AddSend(server, first, std::to_string(i));
  for (int i = 0; i < 3; ++i) AddSend(server, second, std::to_string(i));
  server.Flush();
  server.Settle();
  EXPECT_EQ(TakeSent(*server.socket), (Texts{"1001:0", "1002:0", "1002:1", "1002:2"}));
  EXPECT_TRUE(server.log[first.id].closed);
  EXPECT_EQ(server.log[first.id].operation, Operation::kSend);
  EXPECT_EQ(server.log[first.id].error, ErrorCode::kHostUnreachable);
  EXPECT_FALSE(server.log[second.id].closed);
  EXPECT_EQ(server.reactor.load(), 1U);
}

TEST_P(DatagramSends, ThatAreTooLongForTheSystemCloseTheConnection) {
  DatagramServer server(GetParam());
  const Target target = server.Accept(1001);
  server.Send(target, Pattern(70'000));
  server.Settle();
  EXPECT_EQ(server.log[target.id].operation, Operation::kSend);
  EXPECT_EQ(server.log[target.id].error, ErrorCode::kMessageSize);
}

TEST_P(DatagramSends, ThatTheSystemHasNoMemoryForAreLostAndCounted) {
  DatagramServer server(GetParam());
  const Target target = server.Accept(1001);
  server.socket->FailNextSend(ErrorCode::kNoBufferSpace, 1);
  for (const char* bytes : {"first", "lost", "third"}) AddSend(server, target, bytes);
  server.Flush();
  server.Settle();
  EXPECT_EQ(TakeSent(*server.socket), (Texts{"1001:first", "1001:third"}));
  EXPECT_EQ(server.counters().dropped_datagrams.Read(), 1U);
  EXPECT_FALSE(server.log[target.id].closed);
  // It is not pending either.
  EXPECT_EQ(server.Look(target)->progress.load().submitted, 14U);
  EXPECT_EQ(server.Look(target)->queued(), 0U);
}

TEST_P(DatagramSends, ToNobodyAnyMoreStayPending) {
  DatagramServer server(GetParam());
  const Target target = server.Accept(1001);
  server.Disconnect(target);
  server.Send(target, "late");
  EXPECT_EQ(server.Look(target)->progress.load().submitted, 0U);
  EXPECT_EQ(TakeSent(*server.socket), Texts{});
}

}  // namespace
}  // namespace hp::net
