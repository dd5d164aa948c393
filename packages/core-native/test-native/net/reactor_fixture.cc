// SPDX-License-Identifier: Apache-2.0
#include "reactor_fixture.h"

namespace hp::net {

std::string Pattern(std::size_t count) {
  std::string bytes(count, '\0');
  std::uint32_t state = 1;
  for (char& byte : bytes) {
    state = state * 1'664'525 + 1'013'904'223;
    byte = static_cast<char>(state >> 24);
  }
  return bytes;
}

sys::Endpoint Loopback(std::uint16_t port) {
  return {.address = {127, 0, 0, 1}, .port = port, .family = sys::Family::kIPv4};
}

TestReactor::TestReactor(sys::FakeStyle style, const ComponentSettings& settings,
                         const Reactor::Limits& limits)
    : backend(style), component(7, settings, 1, 1), reactor(backend, memory, 0, limits) {
  const sys::Handle handle = backend.OpenListener(ListeningAt());
  const ErrorCode error = reactor.Listen(
      component, handle, [this](Component& owner, sys::Handle accepted, const sys::Endpoint& peer) {
        reactor.Adopt(owner, accepted, peer);
      });
  EXPECT_EQ(error, ErrorCode::kOk);
}

TestReactor::~TestReactor() {
  reactor.CloseAll();
  EXPECT_EQ(reactor.load(), 0U) << "connections left";
  EXPECT_EQ(backend.open_sockets(), 0U) << "sockets left";
  EXPECT_EQ(QueuedBytes(), 0U) << "bytes left";
  for (const std::string& each : backend.violations()) ADD_FAILURE() << each;
  for (const std::string& each : log.broken_promises()) ADD_FAILURE() << each;
}

void TestReactor::Turn() {
  reactor.Turn(0);
  std::vector<Event> events;
  reactor.TakeEvents(events);
  for (const Event& event : events) log.Note(event, memory);
  unseen_.insert(unseen_.end(), events.begin(), events.end());
}

void TestReactor::See() {
  const std::vector<Event> events = std::move(unseen_);
  unseen_.clear();
  reactor.Seen(events);
  for (const Event& event : events) log.Seen(event);
}

void TestReactor::Settle() {
  // A completion may cause the next, but not for ever.
  for (int quiet = 0, turns = 0; quiet < 3; ++turns) {
    if (turns == 10'000) {
      ADD_FAILURE() << "never settles";
      return;
    }
    Turn();
    quiet = unseen_.empty() && !reactor.HasWork() ? quiet + 1 : 0;
    See();
  }
}

void TestReactor::Pass(std::uint64_t ms) {
  const std::uint64_t end = backend.NowMs() + ms;
  while (backend.NowMs() < end) {
    reactor.Turn(end);
    std::vector<Event> events;
    reactor.TakeEvents(events);
    for (const Event& event : events) log.Note(event, memory);
    unseen_.insert(unseen_.end(), events.begin(), events.end());
    See();
  }
  Settle();
}

std::unique_ptr<sys::FakePeer> TestReactor::Dial() { return backend.Dial(ListeningAt()); }

std::unique_ptr<sys::FakePeer> TestReactor::Accept() {
  auto peer = Dial();
  Settle();
  Do(CommandKind::kOpen, newest());
  return peer;
}

std::uint64_t TestReactor::Connect(const std::vector<sys::Endpoint>& peers,
                                   std::uint64_t timeout_ms) {
  const std::uint64_t id = component.TakeId();
  log.Expect(id);
  auto attempt = std::make_unique<ConnectAttempt>();
  for (const sys::Endpoint& peer : peers) attempt->peers.Add(peer);
  if (timeout_ms != 0) attempt->deadline_ms = backend.NowMs() + timeout_ms;
  reactor.ReadClock();
  reactor.Connect(component, id, std::move(attempt));
  return id;
}

void TestReactor::Flush() {
  reactor.ReadClock();
  reactor.Execute(commands.bytes());
  commands.Clear();
}

void TestReactor::Do(CommandKind kind, const Target& target) {
  commands.Add(kind, target);
  Flush();
}

void TestReactor::Send(const Target& target, std::string_view bytes) {
  commands.AddWithBytes(CommandKind::kSend, target, bytes);
  Flush();
}

void TestReactor::SendNow(const Target& target, std::string_view bytes) {
  reactor.ReadClock();
  reactor.Execute(commands.bytes(), target.slot, target.id, AsBytes(bytes));
  commands.Clear();
}

void TestReactor::Disconnect(const Target& target, std::uint8_t flags) {
  commands.AddDisconnect(target, Operation::kClose, ErrorCode::kOk, flags);
  Flush();
}

}  // namespace hp::net
