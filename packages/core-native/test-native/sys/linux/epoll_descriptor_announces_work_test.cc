// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>

#include <array>
#include <memory>
#include <vector>

#include "sys/linux/epoll_backend.h"
#include "sys/stream_socket.h"

namespace hp::sys {
namespace {

// A foreign event loop sees the descriptor and nothing else: whatever Wait()
// would tell must make it readable once ArmDeadline() has been called.
class ForeignLoop : public ::testing::Test {
 protected:
  ForeignLoop() { EXPECT_TRUE(backend.Open()); }
  ~ForeignLoop() override {
    if (listener.open()) backend.Close(listener, false);
    for (const Handle peer : peers) CloseSocket(peer);
  }

  void Listen() {
    EXPECT_FALSE(OpenStream(Family::kIPv4, {}, listener.handle));
    EXPECT_FALSE(Bind(listener.handle, {.address = {127, 0, 0, 1}, .family = Family::kIPv4}));
    EXPECT_FALSE(StartListening(listener.handle, 128));
    EXPECT_EQ(LocalEndpoint(listener.handle, local), ErrorCode::kOk);
    listener.token = 1;
    EXPECT_EQ(backend.Listen(listener, {}), ErrorCode::kOk);
  }

  void Dial() {
    const SocketOptions options;
    Handle peer = kNoHandle;
    EXPECT_FALSE(ConnectBlocking({.peer = local, .options = &options}, 1000, peer));
    peers.push_back(peer);
  }

  bool IsAnnounced(int patience_ms = 0) {
    pollfd waiting{backend.descriptor(), POLLIN, 0};
    return poll(&waiting, 1, patience_ms) == 1;
  }

  // What a loop does on each turn, with room for few completions at a time.
  std::vector<Completion> Turn() {
    std::array<Completion, 2> completions;
    const std::size_t count = backend.Wait(completions, 0);
    backend.ArmDeadline(std::nullopt);
    return {completions.begin(), completions.begin() + static_cast<long>(count)};
  }

  std::vector<Completion> TurnWhileAnnounced() {
    std::vector<Completion> told;
    for (int turns = 0; IsAnnounced(); ++turns) {
      if (turns == 1000) {
        ADD_FAILURE() << "spins";
        break;
      }
      for (const Completion& each : Turn()) {
        if (each.handle != kNoHandle) backend.Discard(each.handle);
        told.push_back(each);
      }
    }
    return told;
  }

  EpollBackend backend;
  Socket listener;
  Endpoint local;
  std::vector<Handle> peers;
};

TEST_F(ForeignLoop, IsQuietWhenThereIsNothingToDo) {
  Listen();
  backend.PostAccepts(listener, 10);
  backend.ArmDeadline(std::nullopt);
  TurnWhileAnnounced();
  EXPECT_FALSE(IsAnnounced(20));
}

TEST_F(ForeignLoop, LearnsOfAConnectThatFailedAtOnce) {
  rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t full = limit.rlim_cur;
  limit.rlim_cur = 0;
  setrlimit(RLIMIT_NOFILE, &limit);
  const SocketOptions options;
  Socket socket{.token = 7};
  backend.Connect(socket, {.peer = {.address = {127, 0, 0, 1}, .port = 9, .family = Family::kIPv4},
                           .options = &options});
  backend.ArmDeadline(std::nullopt);
  limit.rlim_cur = full;
  setrlimit(RLIMIT_NOFILE, &limit);
  ASSERT_TRUE(IsAnnounced());
  const std::vector<Completion> told = TurnWhileAnnounced();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].kind, Completion::Kind::kConnected);
  EXPECT_EQ(told[0].error, ErrorCode::kProcessFileLimit);
  EXPECT_FALSE(socket.open());
}

TEST_F(ForeignLoop, LearnsOfPeersThatWaitedForAPostedAccept) {
  Listen();
  Dial();
  Dial();
  EXPECT_TRUE(TurnWhileAnnounced().empty());
  backend.PostAccepts(listener, 5);
  backend.ArmDeadline(std::nullopt);
  EXPECT_EQ(TurnWhileAnnounced().size(), 2U);
}

TEST_F(ForeignLoop, LearnsOfWhatDidNotFitIntoOneTurn) {
  Listen();
  backend.PostAccepts(listener, 50);
  std::vector<Socket> sockets(20);
  for (int i = 0; i < 20; ++i) Dial();
  std::size_t attached = 0;
  while (attached < sockets.size()) {
    for (const Completion& each : Turn()) {
      Socket& socket = sockets[attached++];
      socket = {.handle = each.handle, .token = 100 + attached};
      ASSERT_EQ(backend.Attach(socket), ErrorCode::kOk);
    }
  }
  TurnWhileAnnounced();
  const std::array<std::byte, 1> byte{};
  for (const Handle peer : peers) {
    Socket sender{.handle = peer};
    const std::span<const std::byte> part = byte;
    EXPECT_EQ(backend.Send(sender, {&part, 1}, SendMemory::kTransient).bytes, 1U);
  }
  EXPECT_EQ(TurnWhileAnnounced().size(), sockets.size());
  for (Socket& socket : sockets) backend.Close(socket, false);
}

TEST_F(ForeignLoop, LearnsOfItsDeadline) {
  const std::uint64_t deadline = backend.NowMs() + 30;
  backend.ArmDeadline(deadline);
  EXPECT_FALSE(IsAnnounced());
  EXPECT_TRUE(IsAnnounced(1000));
  EXPECT_GE(backend.NowMs(), deadline);
  EXPECT_TRUE(Turn().empty());
  EXPECT_FALSE(IsAnnounced());
}

TEST_F(ForeignLoop, LearnsOfADeadlineThatHasPassed) {
  backend.ArmDeadline(backend.NowMs() - 5);
  EXPECT_TRUE(IsAnnounced(100));
}

TEST_F(ForeignLoop, ForgetsADeadlineThatWasTakenBack) {
  backend.ArmDeadline(backend.NowMs() + 10);
  backend.ArmDeadline(std::nullopt);
  EXPECT_FALSE(IsAnnounced(30));
}

TEST_F(ForeignLoop, LearnsOfTheSameDeadlineAgain) {
  const std::uint64_t deadline = backend.NowMs() + 5;
  for (int i = 0; i < 2; ++i) {
    backend.ArmDeadline(deadline);
    EXPECT_TRUE(IsAnnounced(1000)) << i;
    std::array<Completion, 2> completions;
    backend.Wait(completions, 0);
  }
}

TEST_F(ForeignLoop, IsWoken) {
  EXPECT_FALSE(IsAnnounced());
  backend.Wake();
  EXPECT_TRUE(IsAnnounced());
  Turn();
  EXPECT_FALSE(IsAnnounced());
}

}  // namespace
}  // namespace hp::sys
