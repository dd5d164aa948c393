// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "command_buffer.h"
#include "connection_log.h"
#include "error_code_text.h"
#include "net/reactor.h"
#include "sys/fake/fake_backend.h"
#include "test_memory.h"

namespace hp::net {

inline std::span<const std::byte> AsBytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

// Where a test says so, streams hold this much, so that most of what is sent waits
// in the queue.
inline constexpr std::size_t kCapacity = 1000;

// Bytes of which each stretch differs from every other.
std::string Pattern(std::size_t count);

sys::Endpoint Loopback(std::uint16_t port);

// A reactor on the fake backend with one component that listens, and the part
// of JavaScript played by the test: it takes events, writes commands and says
// when it has handled what it was told.
class TestReactor {
 public:
  explicit TestReactor(sys::FakeStyle style, const ComponentSettings& settings = {},
                       const Reactor::Limits& limits = {});
  // Ends with CloseAll(); nothing may be left then, and no promise broken.
  ~TestReactor();
  TestReactor(const TestReactor&) = delete;
  TestReactor& operator=(const TestReactor&) = delete;

  // One turn that does not wait. Its events are noted, and not seen yet.
  void Turn();
  // Everything noted has been handled.
  void See();
  // Turns, and sees what they tell, until nothing happens any more.
  void Settle();
  // Lets time pass as a reactor does that sleeps from timer to timer.
  void Pass(std::uint64_t ms);

  // A peer that connects; Accept() also settles and opens the connection.
  std::unique_ptr<sys::FakePeer> Dial();
  std::unique_ptr<sys::FakePeer> Accept();
  // Dials the peers in turn; returns the id.
  std::uint64_t Connect(const std::vector<sys::Endpoint>& peers, std::uint64_t timeout_ms = 0);

  // Carries out `commands`.
  void Flush();
  // One command, carried out at once.
  void Do(CommandKind kind, const Target& target);
  void Send(const Target& target, std::string_view bytes);
  // From memory outside of the command buffer, after what that has.
  void SendNow(const Target& target, std::string_view bytes);
  void Disconnect(const Target& target, std::uint8_t flags = 0);

  // The newest connection's name.
  Target newest() { return log.newest().target; }
  std::size_t QueuedBytes() { return component.counters(0).queued_bytes.Read(); }

  sys::FakeBackend backend;
  TestMemory memory;
  ConnectionLog log;
  CommandBuffer commands;
  Component component;
  Reactor reactor;
  bool listening = true;

 private:
  static sys::Endpoint ListeningAt() { return Loopback(1); }

  std::vector<Event> unseen_;
};

// The base of tests that run in both styles of the fake backend.
class StyleTest : public ::testing::TestWithParam<sys::FakeStyle> {};

inline std::string NameOfStyle(const ::testing::TestParamInfo<sys::FakeStyle>& info) {
  return info.param == sys::FakeStyle::kReadiness ? "Readiness" : "Completion";
}

#define HP_IN_BOTH_STYLES(Name)                                                                  \
  INSTANTIATE_TEST_SUITE_P(                                                                      \
      Reactor, Name, ::testing::Values(sys::FakeStyle::kReadiness, sys::FakeStyle::kCompletion), \
      NameOfStyle)

// Declares a suite; its cases are TEST_P(Name, ...).
#define HP_REACTOR_SUITE(Name)      \
  class Name : public StyleTest {}; \
  HP_IN_BOTH_STYLES(Name)

}  // namespace hp::net
