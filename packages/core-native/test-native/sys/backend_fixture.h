// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "error_code_text.h"
#include "world.h"

namespace hp::sys {

// Longer than anything takes; a test that waits so long has failed.
inline constexpr std::uint64_t kPatienceMs = 5000;

inline std::span<const std::byte> AsBytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

// Bytes of which each stretch differs from every other.
std::string Pattern(std::size_t count);

// The base of the conformance suite: a world, and what most cases begin with.
class BackendTest : public ::testing::TestWithParam<NamedWorld> {
 protected:
  using Kind = Completion::Kind;

  // A stream of the backend's and its peer.
  struct Pair {
    Socket socket;
    std::unique_ptr<Peer> peer;
  };

  BackendTest() : world(GetParam().make()), backend(world->backend()) {}
  void TearDown() override;

  Token NextToken() { return ++last_token_; }
  Socket Listen(std::uint32_t accepts);
  Socket Attach(Handle handle);
  // A stream that was accepted, or one that was dialled from here.
  Pair Accepted();
  Pair Dialled();
  std::unique_ptr<Peer> Dial() { return world->Dial(listening_at); }
  void Connect(Socket& socket, const Endpoint& peer, const Endpoint& local = {});

  // Waits for the next completion of `kind` for `token` and puts others aside,
  // where later calls find them. Fails and gives nothing when none comes.
  std::optional<Completion> Await(Kind kind, Token token);
  // Waits `ms` and returns what has come in the meantime, what was put aside included.
  std::vector<Completion> CollectFor(std::uint64_t ms);
  // Nothing comes, and nothing makes Wait() return more than a few times.
  void ExpectQuiet(std::uint64_t ms = 30);

  // Receives until there is no more; each time into `at_most` bytes.
  std::string ReceiveAll(Socket& socket, std::size_t at_most = 65536);
  // Awaits kReadable and receives until `count` bytes, the end or an error have come.
  std::string ReceiveBytes(Socket& socket, std::size_t count);
  // What the peer has received when that is `count` bytes, or nothing comes any more.
  std::string PeerReceives(Peer& peer, std::size_t count);
  SendResult Send(Socket& socket, std::string_view bytes,
                  SendMemory memory = SendMemory::kTransient);
  // Sends all, as a caller has to: a rest is given again after each kSent.
  void SendAll(Socket& socket, std::string_view bytes, Peer& reader, std::string& received);
  // Closes and waits until that is done.
  void CloseAndWait(Socket& socket, bool abort = false);
  // Puts aside what one Wait() tells, and returns how much that was.
  std::size_t WaitOnce(std::uint64_t deadline_ms);
  // What was put aside of this kind, or nothing.
  std::optional<Completion> TakeAside(Kind kind, Token token);

  std::unique_ptr<World> world;
  Backend& backend;
  Endpoint listening_at;
  ReceiveResult last;  // of ReceiveAll() and ReceiveBytes()

 private:
  std::deque<Completion> aside_;
  std::optional<Socket> listener_;
  Token last_token_ = 0;
};

inline std::string NameOf(const ::testing::TestParamInfo<NamedWorld>& info) {
  return info.param.name;
}

}  // namespace hp::sys

// Declares a part of the suite; its cases are TEST_P(Name, ...).
#define HP_BACKEND_SUITE(Name)        \
  class Name : public BackendTest {}; \
  INSTANTIATE_TEST_SUITE_P(Backends, Name, ::testing::ValuesIn(AllWorlds()), NameOf)
