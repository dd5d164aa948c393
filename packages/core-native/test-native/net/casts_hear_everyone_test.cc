// SPDX-License-Identifier: Apache-2.0
#include "datagram_reactor.h"

namespace hp::net {
namespace {

HP_REACTOR_SUITE(Casts);

const sys::Endpoint kGroup{.address = {239, 1, 2, 3}, .port = 5000, .family = sys::Family::kIPv4};

class Cast : public DatagramClient {
 public:
  explicit Cast(sys::FakeStyle style, const ComponentSettings& settings = {},
                const Reactor::Limits& limits = {})
      : DatagramClient(style, settings, limits, Role::kCast, kGroup) {
    Open();
    Settle();
  }
};

TEST_P(Casts, HearEveryoneOnOneConnection) {
  Cast cast(GetParam());
  for (std::uint16_t peer = 1; peer <= 3; ++peer) {
    cast.socket->Deliver(Loopback(peer), "from " + std::to_string(peer));
  }
  cast.Settle();
  EXPECT_EQ(cast.log.connections().size(), 1U);
  EXPECT_EQ(cast.log.CountOf(EventKind::kReceiveFrom), 3U);
  EXPECT_EQ(cast.told().messages, (Texts{"from 1", "from 2", "from 3"}));
  for (std::size_t i = 0; i < 3; ++i) {
    const SenderAddress& sender = cast.told().senders[i];
    EXPECT_EQ(sender.family, 4);
    EXPECT_EQ(sender.port[0] << 8 | sender.port[1], static_cast<int>(i) + 1);
    EXPECT_EQ(sender.address[0], 127);
    EXPECT_EQ(sender.address[3], 1);
  }
  EXPECT_EQ(cast.counters().bytes_received.Read(), 18U);
}

TEST_P(Casts, AreToldASenderWithItsScope) {
  Cast cast(GetParam());
  const sys::Endpoint sender{.address = {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8},
                             .scope = 0x01020304,
                             .port = 0xabcd,
                             .family = sys::Family::kIPv6};
  cast.socket->Deliver(sender, "x");
  cast.Settle();
  const SenderAddress& told = cast.told().senders.at(0);
  EXPECT_EQ(told.family, 6);
  EXPECT_EQ(told.port[0], 0xab);
  EXPECT_EQ(told.port[1], 0xcd);
  for (std::uint8_t i = 0; i < 4; ++i) EXPECT_EQ(told.scope[i], i + 1);
  EXPECT_TRUE(std::ranges::equal(told.address, sender.address));
}

TEST_P(Casts, HearNothingAsWell) {
  Cast cast(GetParam());
  cast.socket->Deliver(Loopback(1), "");
  cast.socket->Deliver(Loopback(2), "something");
  cast.Settle();
  EXPECT_EQ(cast.told().messages, (Texts{"", "something"}));
  EXPECT_EQ(cast.told().senders.size(), 2U);
  // And answer nobody.
  EXPECT_EQ(TakeSent(*cast.socket), Texts{});
}

TEST_P(Casts, HearDatagramsOfTheFullLength) {
  ComponentSettings settings;
  settings.datagrams.max_bytes = 1000;
  Cast cast(GetParam(), settings);
  for (std::uint16_t i = 0; i < 100; ++i) {
    cast.socket->Deliver(Loopback(i), Pattern(1000u - i % 2));
  }
  cast.Settle();
  ASSERT_EQ(cast.told().messages.size(), 100U);
  for (std::size_t i = 0; i < 100; ++i) {
    EXPECT_EQ(cast.told().messages[i], Pattern(1000 - i % 2));
    EXPECT_EQ(cast.told().senders[i].port[1], i);
  }
}

TEST_P(Casts, SendToTheGroup) {
  Cast cast(GetParam());
  cast.Send(cast.target, "to all");
  cast.Send(cast.target, "");
  const std::vector<sys::FakeDatagram> sent = cast.socket->TakeSent();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0].peer, kGroup);
  EXPECT_EQ(sent[0].bytes, "to all");
  EXPECT_EQ(sent[1].peer, kGroup);
  EXPECT_EQ(sent[1].bytes, "");
}

TEST_P(Casts, NeitherProbeNorFindAnybodyDead) {
  Cast cast(GetParam(), Detecting(1, 100));
  cast.Pass(10'000);
  EXPECT_EQ(TakeSent(*cast.socket), Texts{});
  EXPECT_FALSE(cast.told().closed);
}

TEST_P(Casts, AreClosedByADatagramThatIsTooLong) {
  ComponentSettings settings;
  settings.datagrams.max_bytes = 10;
  Cast cast(GetParam(), settings);
  cast.socket->Deliver(Loopback(1), "a bit long.");
  cast.Settle();
  EXPECT_EQ(cast.told().operation, Operation::kReceive);
  EXPECT_EQ(cast.told().error, ErrorCode::kMessageSize);
}

TEST_P(Casts, AreClosedByNoErrorOfTheSocket) {
  Cast cast(GetParam());
  cast.socket->Fail(ErrorCode::kConnectionRefused);
  cast.socket->Deliver(Loopback(1), "still here");
  cast.Settle();
  EXPECT_FALSE(cast.told().closed);
  EXPECT_EQ(cast.told().messages, Texts{"still here"});
}

TEST_P(Casts, WaitForJavaScriptWhenMuchIsUndelivered) {
  Cast cast(GetParam(), {}, {.undelivered_bytes = 500});
  Texts expected;
  for (int i = 0; i < 200; ++i) {
    expected.push_back(std::to_string(i));
    cast.socket->Deliver(Loopback(1), expected.back());
  }
  for (int i = 0; i < 20; ++i) cast.Turn();
  EXPECT_LT(cast.told().messages.size(), 200U);
  EXPECT_FALSE(cast.reactor.HasWork());
  cast.See();
  cast.Settle();
  EXPECT_EQ(cast.told().messages, expected);
}

TEST_P(Casts, PauseAndResumeWithoutLoss) {
  Cast cast(GetParam());
  cast.Do(CommandKind::kPause, cast.target);
  cast.socket->Deliver(Loopback(1), "one");
  cast.Settle();
  cast.socket->Deliver(Loopback(1), "two");
  cast.Settle();
  EXPECT_EQ(cast.told().messages, Texts{});
  cast.Do(CommandKind::kResume, cast.target);
  cast.Settle();
  EXPECT_EQ(cast.told().messages, (Texts{"one", "two"}));
}

}  // namespace
}  // namespace hp::net
