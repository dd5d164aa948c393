// SPDX-License-Identifier: Apache-2.0
#include "datagram_reactor.h"

namespace hp::net {
namespace {

HP_REACTOR_SUITE(DatagramRoom);

constexpr std::size_t kPlenty = 1000;

// A completion has the system copy one datagram more than there is room for.
std::size_t Copied(sys::FakeStyle style) { return style == sys::FakeStyle::kCompletion ? 1U : 0U; }

TEST_P(DatagramRoom, IsWaitedForInOrder) {
  DatagramServer server(GetParam());
  const Target first = server.Accept(1001);
  const Target second = server.Accept(1002);
  server.socket->LimitRoom(2);
  Texts expected;
  for (int i = 0; i < 5; ++i) {
    server.Send(first, "a" + std::to_string(i));
    server.Send(second, "b" + std::to_string(i));
    expected.push_back("1001:a" + std::to_string(i));
    expected.push_back("1002:b" + std::to_string(i));
  }
  server.Settle();
  Texts sent = TakeSent(*server.socket);
  EXPECT_EQ(sent, (Texts{"1001:a0", "1002:b0"}));
  while (sent.size() < expected.size()) {
    server.socket->LimitRoom(3);
    server.Settle();
    const Texts more = TakeSent(*server.socket);
    ASSERT_EQ(more.size(), std::min<std::size_t>(3, expected.size() - sent.size()));
    sent.insert(sent.end(), more.begin(), more.end());
  }
  EXPECT_EQ(sent, expected);
}

TEST_P(DatagramRoom, OfManyMoreThanLeaveAtOnceIsWaitedForInOrder) {
  DatagramServer server(GetParam());
  server.backend.set_max_parts(7);
  const Target target = server.Accept(1001);
  server.socket->LimitRoom(0);
  Texts expected;
  for (int i = 0; i < 500; ++i) {
    server.commands.AddWithBytes(CommandKind::kSend, target, std::to_string(i));
    expected.push_back("1001:" + std::to_string(i));
  }
  server.Flush();
  server.Settle();
  EXPECT_EQ(TakeSent(*server.socket), Texts{});
  server.socket->LimitRoom(kPlenty);
  server.Settle();
  EXPECT_EQ(TakeSent(*server.socket), expected);
}

TEST_P(DatagramRoom, IsCountedAtEachStep) {
  DatagramServer server(GetParam());
  const Target first = server.Accept(1001);
  const Target second = server.Accept(1002);
  const Connection& a = *server.Look(first);
  const Connection& b = *server.Look(second);
  server.socket->LimitRoom(1);
  server.Send(first, "1");
  EXPECT_EQ(a.progress.load().submitted, 1U);
  EXPECT_EQ(a.queued(), 0U);
  // The first that finds no room is with the system where that copies it.
  const auto copied = static_cast<std::uint32_t>(2 * Copied(GetParam()));
  server.Send(first, "22");
  EXPECT_EQ(a.progress.load().submitted, 3U);
  EXPECT_EQ(a.queued(), 2U - copied);
  server.Send(second, "333");
  server.Send(first, "4444");
  EXPECT_EQ(a.progress.load().submitted, 7U);
  EXPECT_EQ(a.queued(), 6U - copied);
  EXPECT_EQ(b.progress.load().submitted, 3U);
  EXPECT_EQ(b.queued(), 3U);
  EXPECT_EQ(server.QueuedBytes(), 9U - copied);
  server.socket->LimitRoom(1);
  server.Settle();
  EXPECT_EQ(a.queued(), 4U);
  EXPECT_EQ(b.queued(), 3U - 3 * Copied(GetParam()));
  server.socket->LimitRoom(kPlenty);
  server.Settle();
  EXPECT_EQ(a.progress.load().submitted, 7U);
  EXPECT_EQ(a.queued(), 0U);
  EXPECT_EQ(b.queued(), 0U);
  EXPECT_EQ(server.QueuedBytes(), 0U);
  EXPECT_EQ(server.counters().bytes_sent.Read(), 10U);
}

TEST_P(DatagramRoom, IsToldAtTheLowMark) {
  ComponentSettings settings;
  settings.low_water_mark = 20;
  DatagramServer server(GetParam(), settings);
  const Target target = server.Accept(1001);
  server.socket->LimitRoom(0);
  for (int i = 0; i < 6; ++i) server.Send(target, "0123456789");
  server.Do(CommandKind::kNotifyDrain, target);
  server.Settle();
  EXPECT_EQ(server.log[target.id].drains, 0U);
  while (server.Look(target)->queued() > 30) {
    server.socket->LimitRoom(1);
    server.Settle();
  }
  EXPECT_EQ(server.log[target.id].drains, 0U);
  server.socket->LimitRoom(1);
  server.Settle();
  EXPECT_EQ(server.Look(target)->queued(), 20U);
  EXPECT_EQ(server.log[target.id].drains, 1U);
  server.socket->LimitRoom(kPlenty);
  server.Settle();
  EXPECT_EQ(server.log[target.id].drains, 1U);
}

TEST_P(DatagramRoom, IsToldAtOnceWhereNothingWaits) {
  DatagramServer server(GetParam());
  const Target target = server.Accept(1001);
  server.Do(CommandKind::kNotifyDrain, target);
  server.Settle();
  EXPECT_EQ(server.log[target.id].drains, 1U);
}

TEST_P(DatagramRoom, IsNotWaitedForByAConnectionThatIsDisconnected) {
  DatagramServer server(GetParam());
  const Target first = server.Accept(1001);
  const Target second = server.Accept(1002);
  server.socket->LimitRoom(0);
  server.Send(second, "0");
  for (int i = 0; i < 3; ++i) {
    server.Send(first, "not any more");
    server.Send(second, std::to_string(i + 1));
  }
  server.Disconnect(first);
  EXPECT_EQ(server.QueuedBytes(), 4 - Copied(GetParam()));
  server.Settle();
  EXPECT_EQ(server.Look(first), nullptr);
  EXPECT_EQ(server.reactor.load(), 1U);
  server.socket->LimitRoom(kPlenty);
  server.Settle();
  EXPECT_EQ(TakeSent(*server.socket), (Texts{"1002:0", "1002:1", "1002:2", "1002:3"}));
}

TEST_P(DatagramRoom, IsWaitedForByAConnectionThatFlushesAndItsSlotWithIt) {
  DatagramServer server(GetParam());
  const Target target = server.Accept(1001);
  server.socket->LimitRoom(0);
  for (int i = 0; i < 4; ++i) server.Send(target, std::to_string(i));
  server.Disconnect(target, kDisconnectFlush);
  server.Settle();
  EXPECT_TRUE(server.log[target.id].closed);
  EXPECT_EQ(server.component.connection_count(), 0U);
  EXPECT_EQ(server.reactor.load(), 1U);
  // Whoever sends from there meanwhile is somebody new.
  const Target next = server.Accept(1001, "anew");
  EXPECT_NE(next.slot, target.slot);
  server.socket->LimitRoom(2);
  server.Settle();
  EXPECT_EQ(TakeSent(*server.socket), (Texts{"1001:0", "1001:1"}));
  EXPECT_EQ(server.reactor.load(), 2U);
  server.socket->LimitRoom(kPlenty);
  server.Settle();
  EXPECT_EQ(TakeSent(*server.socket), (Texts{"1001:2", "1001:3"}));
  EXPECT_EQ(server.reactor.load(), 1U);
  EXPECT_EQ(server.QueuedBytes(), 0U);
}

TEST_P(DatagramRoom, IsWaitedForTenSecondsByAConnectionThatIsOver) {
  DatagramServer server(GetParam());
  const Target target = server.Accept(1001);
  server.socket->LimitRoom(0);
  for (int i = 0; i < 4; ++i) server.Send(target, std::to_string(i));
  server.Disconnect(target, kDisconnectFlush);
  server.Pass(9'900);
  EXPECT_EQ(server.reactor.load(), 1U);
  // What is taken starts the time again.
  server.socket->LimitRoom(1);
  server.Pass(9'900);
  EXPECT_EQ(server.reactor.load(), 1U);
  server.Pass(200);
  EXPECT_EQ(server.reactor.load(), 0U);
  EXPECT_EQ(server.QueuedBytes(), 0U);
  server.socket->LimitRoom(kPlenty);
  server.Settle();
  // The system keeps its copy, if it has one.
  EXPECT_EQ(TakeSent(*server.socket).size(), 1 + Copied(GetParam()));
}

TEST_P(DatagramRoom, IsNotToldAfterTheClose) {
  ComponentSettings settings;
  settings.tells_sends = true;
  settings.low_water_mark = 2;
  DatagramServer server(GetParam(), settings);
  const Target target = server.Accept(1001);
  server.socket->LimitRoom(0);
  for (int i = 0; i < 5; ++i) server.Send(target, "0123456789");
  server.Do(CommandKind::kNotifyDrain, target);
  server.Disconnect(target, kDisconnectFlush);
  server.Turn();
  server.socket->LimitRoom(kPlenty);
  // The close is told, and not seen; the fixture would say what comes after it.
  server.Turn();
  server.Settle();
  EXPECT_EQ(server.log[target.id].drains, 0U);
  EXPECT_EQ(TakeSent(*server.socket).size(), 5U);
}

TEST_P(DatagramRoom, ThatEndsInAnErrorClosesThatConnectionOnly) {
  DatagramServer server(GetParam());
  const Target first = server.Accept(1001);
  const Target second = server.Accept(1002);
  server.socket->LimitRoom(0);
  server.Send(second, "0");
  for (int i = 1; i < 4; ++i) {
    server.Send(first, std::to_string(i));
    server.Send(second, std::to_string(i));
  }
  server.Settle();
  // The readiness style gives the first again.
  server.socket->FailNextSend(ErrorCode::kNetworkUnreachable, 1 - Copied(GetParam()));
  server.socket->LimitRoom(kPlenty);
  server.Settle();
  EXPECT_EQ(server.log[first.id].operation, Operation::kSend);
  EXPECT_EQ(server.log[first.id].error, ErrorCode::kNetworkUnreachable);
  EXPECT_FALSE(server.log[second.id].closed);
  Texts sent = TakeSent(*server.socket);
  std::erase_if(sent, [](const std::string& text) { return text.starts_with("1001"); });
  EXPECT_EQ(sent, (Texts{"1002:0", "1002:1", "1002:2", "1002:3"}));
  EXPECT_EQ(server.QueuedBytes(), 0U);
}

TEST_P(DatagramRoom, ThatEndsInAnErrorOfWhatIsFlushedInterestsNobody) {
  DatagramServer server(GetParam());
  const Target over = server.Accept(1001);
  const Target other = server.Accept(1002);
  server.socket->LimitRoom(0);
  server.Send(other, "0");
  for (int i = 1; i < 5; ++i) server.Send(over, std::to_string(i));
  server.Send(other, "5");
  server.Disconnect(over, kDisconnectFlush);
  server.Settle();
  server.socket->FailNextSend(ErrorCode::kNetworkUnreachable, 1 - Copied(GetParam()));
  server.socket->LimitRoom(kPlenty);
  server.Settle();
  EXPECT_EQ(server.reactor.load(), 1U);
  EXPECT_EQ(TakeSent(*server.socket).back(), "1002:5");
  EXPECT_FALSE(server.log[other.id].closed);
  EXPECT_EQ(server.QueuedBytes(), 0U);
}

TEST_P(DatagramRoom, IsNotWaitedForByWhatNobodyWouldMiss) {
  DatagramServer server(GetParam());
  const Target target = server.Accept(1001);
  server.socket->LimitRoom(0);
  server.Send(target, "one");
  server.Send(target, "two");
  for (int i = 0; i < 5; ++i) server.Deliver(1001, "");
  server.Settle();
  server.socket->LimitRoom(kPlenty);
  server.Settle();
  EXPECT_EQ(TakeSent(*server.socket), (Texts{"1001:one", "1001:two"}));
}

TEST_P(DatagramRoom, IsWaitedForByAClientThatFlushesAndItsSocketWithIt) {
  DatagramClient client(GetParam());
  client.Open();
  client.socket->LimitRoom(0);
  for (int i = 0; i < 3; ++i) client.Send(client.target, std::to_string(i));
  client.Disconnect(client.target, kDisconnectFlush);
  client.Settle();
  EXPECT_TRUE(client.told().closed);
  EXPECT_FALSE(client.socket->closed());
  client.socket->LimitRoom(kPlenty);
  client.Settle();
  EXPECT_EQ(TakeSent(*client.socket), (Texts{"2000:", "2000:0", "2000:1", "2000:2"}));
  EXPECT_TRUE(client.socket->closed());
  EXPECT_EQ(client.reactor.load(), 0U);
}

TEST_P(DatagramRoom, PausesTheReadingOfAClientWhereThatIsAskedFor) {
  ComponentSettings settings;
  settings.high_water_mark = 30;
  settings.low_water_mark = 10;
  settings.pause_reads_when_congested = true;
  DatagramClient client(GetParam(), settings);
  client.Open();
  client.socket->LimitRoom(0);
  for (int i = 0; i < 6; ++i) client.Send(client.target, "0123456789");
  client.Do(CommandKind::kNotifyDrain, client.target);
  client.Deliver("data");
  client.Settle();
  EXPECT_EQ(client.told().messages, Texts{});
  EXPECT_EQ(client.counters().read_pauses.Read(), 1U);
  client.socket->LimitRoom(kPlenty);
  client.Settle();
  EXPECT_EQ(client.told().messages, Texts{"data"});
  EXPECT_EQ(client.told().drains, 1U);
}

TEST_P(DatagramRoom, MemoryIsTheCallersAgainMeanwhile) {
  DatagramServer server(GetParam());
  const Target target = server.Accept(1001);
  server.socket->LimitRoom(0);
  server.commands.AddWithBytes(CommandKind::kSend, target, "in the buffer");
  const std::span<std::byte> buffer = server.commands.bytes();
  auto memory = std::make_unique<std::string>("outside of it");
  server.reactor.Execute(buffer, target.slot, target.id, AsBytes(*memory));
  std::ranges::fill(buffer, std::byte{0xee});
  memory.reset();
  server.commands.Clear();
  server.socket->LimitRoom(kPlenty);
  server.Settle();
  EXPECT_EQ(TakeSent(*server.socket), (Texts{"1001:in the buffer", "1001:outside of it"}));
}

}  // namespace
}  // namespace hp::net
