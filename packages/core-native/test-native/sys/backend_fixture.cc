// SPDX-License-Identifier: Apache-2.0
#include "backend_fixture.h"

#include <algorithm>

namespace hp::sys {

std::string Pattern(std::size_t count) {
  std::string bytes(count, '\0');
  std::uint32_t state = 1;
  for (char& byte : bytes) {
    state = state * 1'664'525 + 1'013'904'223;
    byte = static_cast<char>(state >> 24);
  }
  return bytes;
}

void BackendTest::TearDown() {
  if (listener_) CloseAndWait(*listener_);
  const std::vector<std::string> violations = world->violations();
  EXPECT_TRUE(violations.empty()) << violations.front();
}

Socket BackendTest::Listen(std::uint32_t accepts) {
  Socket listener{.handle = world->OpenListener(listening_at), .token = NextToken()};
  EXPECT_EQ(backend.Listen(listener, {}), ErrorCode::kOk);
  if (accepts != 0) backend.PostAccepts(listener, accepts);
  return listener;
}

Socket BackendTest::Attach(Handle handle) {
  Socket socket{.handle = handle, .token = NextToken()};
  EXPECT_EQ(backend.Attach(socket), ErrorCode::kOk);
  return socket;
}

BackendTest::Pair BackendTest::Accepted() {
  if (!listener_) listener_ = Listen(0);
  backend.PostAccepts(*listener_, 1);
  Pair pair{.peer = Dial()};
  const auto accepted = Await(Kind::kAccepted, listener_->token);
  if (accepted) pair.socket = Attach(accepted->handle);
  return pair;
}

void BackendTest::Connect(Socket& socket, const Endpoint& peer, const Endpoint& local) {
  const SocketOptions options;
  backend.Connect(socket, {.peer = peer, .local = local, .options = &options});
}

BackendTest::Pair BackendTest::Dialled() {
  Pair pair;
  pair.socket.token = NextToken();
  Connect(pair.socket, world->Answering());
  const auto connected = Await(Kind::kConnected, pair.socket.token);
  EXPECT_TRUE(connected && connected->error == ErrorCode::kOk);
  EXPECT_EQ(backend.FinishConnect(pair.socket), ErrorCode::kOk);
  pair.peer = world->TakeDialled();
  return pair;
}

std::size_t BackendTest::WaitOnce(std::uint64_t deadline_ms) {
  std::array<Completion, 16> completions;
  const std::size_t count = backend.Wait(completions, deadline_ms);
  aside_.insert(aside_.end(), completions.begin(), completions.begin() + count);
  return count;
}

std::optional<Completion> BackendTest::TakeAside(Kind kind, Token token) {
  const auto found = std::find_if(aside_.begin(), aside_.end(), [&](const Completion& each) {
    return each.kind == kind && each.token == token;
  });
  if (found == aside_.end()) return std::nullopt;
  const Completion completion = *found;
  aside_.erase(found);
  return completion;
}

std::optional<Completion> BackendTest::Await(Kind kind, Token token) {
  const std::uint64_t deadline = backend.NowMs() + kPatienceMs;
  for (;;) {
    if (const auto found = TakeAside(kind, token)) return found;
    if (WaitOnce(deadline) == 0 && backend.NowMs() >= deadline) {
      ADD_FAILURE() << "no completion of kind " << static_cast<int>(kind) << " for " << token;
      return std::nullopt;
    }
  }
}

std::vector<Completion> BackendTest::CollectFor(std::uint64_t ms) {
  const std::uint64_t deadline = backend.NowMs() + ms;
  do {
    WaitOnce(deadline);
  } while (backend.NowMs() < deadline);
  std::vector<Completion> completions(aside_.begin(), aside_.end());
  aside_.clear();
  return completions;
}

void BackendTest::ExpectQuiet(std::uint64_t ms) {
  const std::uint64_t deadline = backend.NowMs() + ms;
  int returns = 0;
  do {
    EXPECT_EQ(WaitOnce(deadline), 0U);
    ++returns;
  } while (backend.NowMs() < deadline);
  EXPECT_LE(returns, 3);
}

std::string BackendTest::ReceiveAll(Socket& socket, std::size_t at_most) {
  std::string bytes;
  std::vector<std::byte> memory(at_most);
  do {
    last = backend.Receive(socket, memory);
    bytes.append(reinterpret_cast<const char*>(memory.data()), last.bytes);
  } while (last.more);
  return bytes;
}

std::string BackendTest::ReceiveBytes(Socket& socket, std::size_t count) {
  std::string bytes;
  bool ended = false;
  last = {};
  while (bytes.size() < count && !last.end && last.error == ErrorCode::kOk) {
    if (!ended) {
      const auto readable = Await(Kind::kReadable, socket.token);
      if (!readable) return bytes;
      ended = readable->ended;
    }
    const std::string some = ReceiveAll(socket);
    bytes += some;
    // Behind `ended` nothing is announced, so that nothing may be missing.
    if (ended && some.empty()) break;
  }
  return bytes;
}

std::string BackendTest::PeerReceives(Peer& peer, std::size_t count) {
  std::string bytes;
  const std::uint64_t deadline = backend.NowMs() + kPatienceMs;
  do {
    bytes += peer.Receive();
    if (bytes.size() >= count && count != 0) break;
    if (peer.ended() || peer.was_reset()) break;
    WaitOnce(backend.NowMs() + 1);
  } while (backend.NowMs() < deadline);
  return bytes;
}

SendResult BackendTest::Send(Socket& socket, std::string_view bytes, SendMemory memory) {
  const std::span<const std::byte> part = AsBytes(bytes);
  return backend.Send(socket, {&part, 1}, memory);
}

void BackendTest::SendAll(Socket& socket, std::string_view bytes, Peer& reader,
                          std::string& received) {
  while (!bytes.empty()) {
    const SendResult result = Send(socket, bytes, SendMemory::kStable);
    ASSERT_EQ(result.error, ErrorCode::kOk);
    ASSERT_TRUE(result.bytes != 0 || result.pending) << "no progress";
    bytes.remove_prefix(result.bytes);
    if (!result.pending) continue;
    const std::uint64_t deadline = backend.NowMs() + kPatienceMs;
    auto sent = TakeAside(Kind::kSent, socket.token);
    for (; !sent && backend.NowMs() < deadline; sent = TakeAside(Kind::kSent, socket.token)) {
      received += reader.Receive();
      WaitOnce(backend.NowMs() + 1);
    }
    ASSERT_TRUE(sent) << "no kSent";
    ASSERT_EQ(sent->error, ErrorCode::kOk);
    bytes.remove_prefix(sent->bytes);
  }
}

void BackendTest::CloseAndWait(Socket& socket, bool abort) {
  if (!socket.open()) return;
  if (!backend.Close(socket, abort)) Await(Kind::kClosed, socket.token);
  EXPECT_FALSE(socket.open());
}

}  // namespace hp::sys
