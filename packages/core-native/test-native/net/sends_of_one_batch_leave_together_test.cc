// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstring>

#include "reactor_fixture.h"

namespace hp::net {
namespace {

HP_REACTOR_SUITE(Sends);

void Add(TestReactor& reactor, const Target& target, std::string_view bytes) {
  reactor.commands.AddWithBytes(CommandKind::kSend, target, bytes);
}

std::string ReadAll(TestReactor& reactor, sys::FakePeer& peer) {
  std::string bytes;
  for (int quiet = 0; quiet < 3;) {
    const std::string some = peer.Receive();
    quiet = some.empty() ? quiet + 1 : 0;
    bytes += some;
    reactor.Settle();
  }
  return bytes;
}

TEST_P(Sends, OfOneConnectionLeaveInOneCall) {
  TestReactor reactor(GetParam());
  const auto peer = reactor.Accept();
  const Target target = reactor.newest();
  for (int i = 0; i < 10; ++i) Add(reactor, target, "part " + std::to_string(i) + "; ");
  reactor.Flush();
  EXPECT_EQ(reactor.backend.send_calls(), 1U);
  EXPECT_EQ(reactor.component.counters(0).send_calls.Read(), 1U);
  EXPECT_EQ(reactor.component.counters(0).sends.Read(), 10U);
  EXPECT_EQ(reactor.component.counters(0).bytes_sent.Read(), 80U);
  std::string expected;
  for (int i = 0; i < 10; ++i) expected += "part " + std::to_string(i) + "; ";
  EXPECT_EQ(peer->Receive(), expected);
}

TEST_P(Sends, OfSeveralConnectionsLeaveInOneCallEach) {
  TestReactor reactor(GetParam());
  const auto first_peer = reactor.Accept();
  const Target first = reactor.newest();
  const auto second_peer = reactor.Accept();
  const Target second = reactor.newest();
  for (int i = 0; i < 5; ++i) {
    Add(reactor, first, "a" + std::to_string(i));
    Add(reactor, second, "b" + std::to_string(i));
  }
  reactor.Flush();
  EXPECT_EQ(reactor.backend.send_calls(), 2U);
  EXPECT_EQ(first_peer->Receive(), "a0a1a2a3a4");
  EXPECT_EQ(second_peer->Receive(), "b0b1b2b3b4");
}

TEST_P(Sends, LeaveOneByOneWhenAskedTo) {
  ComponentSettings settings;
  settings.send_policy = SendPolicy::kDirect;
  TestReactor reactor(GetParam(), settings);
  const auto peer = reactor.Accept();
  for (int i = 0; i < 10; ++i) Add(reactor, reactor.newest(), std::to_string(i));
  reactor.Flush();
  EXPECT_EQ(reactor.backend.send_calls(), 10U);
  EXPECT_EQ(peer->Receive(), "0123456789");
}

TEST_P(Sends, KeepTheirPlaceAmongOtherCommands) {
  TestReactor reactor(GetParam());
  const auto peer = reactor.Accept();
  const Target target = reactor.newest();
  Add(reactor, target, "before ");
  Add(reactor, target, "the end");
  reactor.commands.Add(CommandKind::kEnd, target);
  Add(reactor, target, "and after it");
  reactor.Flush();
  EXPECT_EQ(peer->Receive(), "before the end");
  EXPECT_TRUE(peer->ended());
}

TEST_P(Sends, BeforeADisconnectLeaveFirst) {
  TestReactor reactor(GetParam());
  const auto peer = reactor.Accept();
  const Target target = reactor.newest();
  Add(reactor, target, "goodbye");
  reactor.commands.AddDisconnect(target, Operation::kClose, ErrorCode::kOk);
  Add(reactor, target, "nobody hears this");
  reactor.Flush();
  reactor.Settle();
  EXPECT_EQ(peer->Receive(), "goodbye");
  EXPECT_TRUE(peer->ended());
  EXPECT_TRUE(reactor.log[target.id].closed);
}

TEST_P(Sends, WithMorePartsThanACallTakesArriveWhole) {
  TestReactor reactor(GetParam());
  reactor.backend.set_max_parts(4);
  const auto peer = reactor.Accept();
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    const std::string part = "part " + std::to_string(i) + "; ";
    Add(reactor, reactor.newest(), part);
    expected += part;
  }
  reactor.Flush();
  EXPECT_EQ(ReadAll(reactor, *peer), expected);
}

TEST_P(Sends, OfNoBytesDoNoHarm) {
  TestReactor reactor(GetParam());
  const auto peer = reactor.Accept();
  for (int i = 0; i < 4000; ++i) Add(reactor, reactor.newest(), "");
  reactor.Flush();
  Add(reactor, reactor.newest(), "x");
  Add(reactor, reactor.newest(), "");
  reactor.Flush();
  EXPECT_EQ(ReadAll(reactor, *peer), "x");
}

TEST_P(Sends, OfAnyLengthArriveInOrderThroughASlowReader) {
  TestReactor reactor(GetParam());
  reactor.backend.set_stream_capacity(777);
  const auto peer = reactor.Accept();
  const Target target = reactor.newest();
  const std::string bytes = Pattern(400'000);
  std::string_view rest = bytes;
  std::string received;
  for (std::size_t i = 0; !rest.empty(); ++i) {
    const std::string_view piece = rest.substr(0, i * 37 % 3000);
    if (i % 3 == 0) {
      // Behind what the command buffer has brought before.
      reactor.SendNow(target, piece);
    } else {
      Add(reactor, target, piece);
      reactor.Flush();
    }
    rest.remove_prefix(piece.size());
    received += peer->Receive(500);
    if (i % 7 == 0) reactor.Turn();
  }
  received += ReadAll(reactor, *peer);
  EXPECT_TRUE(received == bytes);
  EXPECT_EQ(reactor.component.counters(0).bytes_sent.Read(), bytes.size());
  EXPECT_EQ(reactor.QueuedBytes(), 0U);
}

TEST_P(Sends, OutsideOfTheBufferLeaveTogetherWithWhatGoesBeforeThem) {
  TestReactor reactor(GetParam());
  const auto peer = reactor.Accept();
  const Target target = reactor.newest();
  const auto other_peer = reactor.Accept();
  reactor.commands.AddWithBytes(CommandKind::kSend, target, "head:", 0);
  Add(reactor, reactor.newest(), "to another");
  reactor.SendNow(target, "payload");
  EXPECT_EQ(reactor.backend.send_calls(), 2U);
  EXPECT_EQ(reactor.component.counters(0).sends.Read(), 2U);
  EXPECT_EQ(peer->Receive(), "head:payload");
  EXPECT_EQ(other_peer->Receive(), "to another");
}

TEST_P(Sends, MayShareACommandAndAreCountedAll) {
  TestReactor reactor(GetParam());
  const auto peer = reactor.Accept();
  reactor.commands.AddWithBytes(CommandKind::kSend, reactor.newest(), "three in one", 3);
  reactor.Flush();
  EXPECT_EQ(reactor.component.counters(0).sends.Read(), 3U);
  EXPECT_EQ(peer->Receive(), "three in one");
}

TEST_P(Sends, ThatClaimMoreThanTheBufferHoldsAreDropped) {
  TestReactor reactor(GetParam());
  const auto peer = reactor.Accept();
  for (const std::uint32_t length : {9U, 4096U, 0xffff'ffffU}) {
    Add(reactor, reactor.newest(), "whole");
    Add(reactor, reactor.newest(), "too long");
    const std::span<std::byte> buffer = reactor.commands.bytes();
    constexpr std::size_t kSecond = sizeof(Command) + 8;
    std::memcpy(&buffer[kSecond + offsetof(Command, length)], &length, sizeof(length));
    reactor.Flush();
    EXPECT_EQ(ReadAll(reactor, *peer), "whole");
  }
}

TEST_P(Sends, OutsideOfTheBufferAreTheCallersAgainOnReturn) {
  TestReactor reactor(GetParam());
  reactor.backend.set_stream_capacity(1000);
  const auto peer = reactor.Accept();
  const std::string bytes = Pattern(100'000);
  auto memory = std::make_unique<std::string>(bytes);
  reactor.SendNow(reactor.newest(), *memory);
  memory->assign(memory->size(), '!');
  memory.reset();
  EXPECT_TRUE(ReadAll(reactor, *peer) == bytes);
}

TEST_P(Sends, InABufferThatIsUsedAgainAtOnceArriveUnharmed) {
  TestReactor reactor(GetParam());
  reactor.backend.set_stream_capacity(100);
  const auto peer = reactor.Accept();
  const std::string bytes = Pattern(5000);
  Add(reactor, reactor.newest(), bytes);
  const std::span<std::byte> buffer = reactor.commands.bytes();
  reactor.reactor.Execute(buffer);
  std::fill(buffer.begin(), buffer.end(), std::byte{0xee});
  reactor.commands.Clear();
  EXPECT_EQ(ReadAll(reactor, *peer), bytes);
}

TEST_P(Sends, AreToldAsTheSystemTakesThem) {
  ComponentSettings settings;
  settings.tells_sends = true;
  TestReactor reactor(GetParam(), settings);
  reactor.backend.set_stream_capacity(1000);
  const auto peer = reactor.Accept();
  const Target target = reactor.newest();
  reactor.Send(target, Pattern(5000));
  reactor.Settle();
  EXPECT_LT(reactor.log[target.id].sent, 5000U);
  ReadAll(reactor, *peer);
  EXPECT_EQ(reactor.log[target.id].sent, 5000U);
}

TEST_P(Sends, ThatFailCloseTheConnectionOnce) {
  TestReactor reactor(GetParam());
  const auto peer = reactor.Accept();
  const Target target = reactor.newest();
  peer->Reset();
  // Before the reactor has heard of the reset.
  for (int i = 0; i < 5; ++i) Add(reactor, target, "x");
  reactor.Flush();
  reactor.Send(target, "y");
  reactor.Settle();
  EXPECT_TRUE(reactor.log[target.id].closed);
  EXPECT_EQ(reactor.log[target.id].operation, Operation::kSend);
  EXPECT_EQ(reactor.log[target.id].error, ErrorCode::kConnectionReset);
}

TEST_P(Sends, ThatFailOneByOneCloseTheConnectionOnce) {
  ComponentSettings settings;
  settings.send_policy = SendPolicy::kDirect;
  TestReactor reactor(GetParam(), settings);
  const auto peer = reactor.Accept();
  peer->Reset();
  for (int i = 0; i < 5; ++i) Add(reactor, reactor.newest(), "x");
  reactor.Flush();
  reactor.Settle();
  EXPECT_EQ(reactor.log.CountOf(EventKind::kClose), 1U);
}

TEST_P(Sends, CountWhatIsSubmittedAndWhatIsQueued) {
  TestReactor reactor(GetParam());
  reactor.backend.set_stream_capacity(1000);
  const auto peer = reactor.Accept();
  const Connection* connection = reactor.reactor.At(reactor.newest().slot, reactor.newest().id);
  reactor.Send(reactor.newest(), Pattern(5000));
  reactor.Settle();
  EXPECT_EQ(connection->progress.load().submitted, 5000U);
  EXPECT_EQ(connection->queued(), reactor.QueuedBytes());
  EXPECT_GE(connection->queued(), 4000U);
  ReadAll(reactor, *peer);
  EXPECT_EQ(connection->progress.load().submitted, 5000U);
  EXPECT_EQ(connection->queued(), 0U);
}

}  // namespace
}  // namespace hp::net
