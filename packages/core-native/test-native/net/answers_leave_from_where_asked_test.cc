// SPDX-License-Identifier: Apache-2.0
#include "datagram_reactor.h"

namespace hp::net {
namespace {

HP_REACTOR_SUITE(AnswersOfAServerOnEveryAddress);

constexpr sys::Endpoint kNowhere{};
constexpr sys::Endpoint kEverywhere{.port = 1, .family = sys::Family::kIPv4};
constexpr sys::Endpoint kHome{.address = {10, 0, 0, 1}, .family = sys::Family::kIPv4};
constexpr sys::Endpoint kAway{.address = {10, 0, 0, 2}, .family = sys::Family::kIPv4};

class Server : public DatagramServer {
 public:
  explicit Server(sys::FakeStyle style, const ComponentSettings& settings = {},
                  const sys::Endpoint& bound = kEverywhere)
      : DatagramServer(style, settings, {}, bound) {}

  void Deliver(std::uint16_t peer, std::string_view bytes, const sys::Endpoint& to) {
    socket->Deliver(Loopback(peer), bytes, to);
    Settle();
  }
  Target Accept(std::uint16_t peer, const sys::Endpoint& to) {
    Deliver(peer, "hello", to);
    Do(CommandKind::kOpen, newest());
    return newest();
  }
  // Where what was sent since the last look has left from.
  std::vector<sys::Endpoint> Sources() {
    std::vector<sys::Endpoint> sources;
    for (const sys::FakeDatagram& each : socket->TakeSent()) sources.push_back(each.local);
    return sources;
  }
};

using Sources = std::vector<sys::Endpoint>;

TEST_P(AnswersOfAServerOnEveryAddress, LeaveFromTheOneItsPeerWroteTo) {
  Server server(GetParam());
  const Target home = server.Accept(1001, kHome);
  const Target away = server.Accept(1002, kAway);
  for (const Target& each : {home, away, home}) server.Send(each, "answer");
  EXPECT_EQ(server.Sources(), (Sources{kHome, kAway, kHome}));
}

TEST_P(AnswersOfAServerOnEveryAddress, FollowAPeerThatWritesToAnother) {
  Server server(GetParam());
  const Target target = server.Accept(1001, kHome);
  server.Deliver(1001, "over there", kAway);
  EXPECT_EQ(server.newest().id, target.id);
  server.Send(target, "answer");
  EXPECT_EQ(server.Sources(), Sources{kAway});
  // Not told: as before.
  server.Deliver(1001, "somewhere", kNowhere);
  server.Send(target, "answer");
  EXPECT_EQ(server.Sources(), Sources{kAway});
}

TEST_P(AnswersOfAServerOnEveryAddress, LeaveFromAnyToAPeerOfWhomItIsNotTold) {
  Server server(GetParam());
  const Target target = server.Accept(1001, kNowhere);
  server.Send(target, "answer");
  EXPECT_EQ(server.Sources(), Sources{kNowhere});
}

TEST_P(AnswersOfAServerOnEveryAddress, ToProbesLeaveFromThereToo) {
  Server server(GetParam());
  server.Accept(1001, kHome);
  server.Accept(1002, kAway);
  server.Deliver(1001, "", kHome);
  server.Deliver(1002, "", kAway);
  EXPECT_EQ(server.Sources(), (Sources{kHome, kAway}));
}

TEST_P(AnswersOfAServerOnEveryAddress, ThatWaitedForRoomLeaveFromThereToo) {
  Server server(GetParam());
  const Target target = server.Accept(1001, kAway);
  server.socket->LimitRoom(1);
  for (int i = 0; i < 5; ++i) server.Send(target, "answer");
  server.socket->LimitRoom(100);
  server.Settle();
  EXPECT_EQ(server.Sources(), Sources(5, kAway));
}

TEST_P(AnswersOfAServerOnEveryAddress, AreFollowedByAGoodbyeFromThere) {
  Server server(GetParam(), Notifying());
  const Target target = server.Accept(1001, kAway);
  server.Disconnect(target);
  EXPECT_EQ(server.Sources(), Sources{kAway});
}

TEST_P(AnswersOfAServerOnEveryAddress, SendStrangersAwayFromThere) {
  ComponentSettings settings = Notifying();
  settings.max_connections = 1;
  Server server(GetParam(), settings);
  server.Accept(1001, kHome);
  server.Deliver(1002, "let me in", kAway);
  server.Deliver(1003, "let me in", kNowhere);
  EXPECT_EQ(server.Sources(), (Sources{kAway, kNowhere}));
}

TEST_P(AnswersOfAServerOnEveryAddress, ToANewPeerOwesTheFormerOneInItsSlotNothing) {
  Server server(GetParam());
  const Target former = server.Accept(1001, kAway);
  server.Disconnect(former);
  server.Settle();
  const Target next = server.Accept(1002, kNowhere);
  EXPECT_EQ(next.slot, former.slot);
  server.Send(next, "answer");
  EXPECT_EQ(server.Sources(), Sources{kNowhere});
}

TEST_P(AnswersOfAServerOnEveryAddress, AreTheOnlyOnesThatHaveAChoice) {
  Server server(GetParam(), {}, Loopback(1));
  const Target target = server.Accept(1001, kHome);
  server.Send(target, "answer");
  EXPECT_EQ(server.Sources(), Sources{kNowhere});
}

}  // namespace
}  // namespace hp::net
