// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "command_buffer.h"
#include "net/reactor.h"
#include "sys/create_backend.h"
#include "sys/stream_socket.h"
#include "test_memory.h"

namespace hp::net {
namespace {

// A reactor on a thread of its own with the system's backend, which echoes.
// Another thread gives it tasks and looks at what it may look at.
class ThreadedReactor {
 public:
  ThreadedReactor()
      : backend_(sys::CreateBackend()),
        component(1, Settings(), 1, 1),
        reactor(*backend_, memory_, 0, {}),
        thread_([this] { Loop(); }) {}

  ~ThreadedReactor() {
    quits_ = true;
    backend_->Wake();
    thread_.join();
    reactor.CloseAll();
  }

  void Post(std::function<void()> task) {
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    backend_->Wake();
  }

  // Targets of the connections accepted so far.
  std::vector<Target> accepted() {
    const std::lock_guard lock(mutex_);
    return accepted_;
  }

 private:
  static ComponentSettings Settings() {
    ComponentSettings settings;
    settings.opens_by_itself = true;
    return settings;
  }

  void Loop() {
    while (!quits_) {
      RunTasks();
      reactor.Turn(std::nullopt);
      std::vector<Event> events;
      reactor.TakeEvents(events);
      for (const Event& event : events) Answer(event);
      reactor.Execute(commands_.bytes());
      commands_.Clear();
      // The thread that looks has not seen the closes.
      std::erase_if(events, [](const Event& event) { return event.kind == EventKind::kClose; });
      reactor.Seen(events);
      memory_.Forget();
    }
  }

  void RunTasks() {
    std::deque<std::function<void()>> tasks;
    {
      const std::lock_guard lock(mutex_);
      std::swap(tasks, tasks_);
    }
    for (const auto& task : tasks) task();
  }

  void Answer(const Event& event) {
    const Target target{.slot = event.slot,
                        .id = (std::uint64_t{event.id_high} << 32) | event.id_low};
    if (event.kind == EventKind::kAccept) {
      const std::lock_guard lock(mutex_);
      accepted_.push_back(target);
    }
    if (event.kind == EventKind::kReceive) {
      commands_.AddWithBytes(CommandKind::kSend, target, memory_.At(event.a));
    }
  }

  std::unique_ptr<sys::Backend> backend_;
  TestMemory memory_;
  CommandBuffer commands_;
  std::mutex mutex_;
  std::deque<std::function<void()>> tasks_;
  std::vector<Target> accepted_;
  std::atomic<bool> quits_ = false;

 public:
  Component component;
  Reactor reactor;

 private:
  std::thread thread_;
};

// A peer with its own backend; everything about it happens on this thread.
class EchoPeer {
 public:
  explicit EchoPeer(const sys::Endpoint& listener) : backend_(sys::CreateBackend()) {
    const sys::SocketOptions options;
    EXPECT_FALSE(
        sys::ConnectBlocking({.peer = listener, .options = &options}, 5000, socket_.handle));
    socket_.token = 1;
    EXPECT_EQ(backend_->Attach(socket_), ErrorCode::kOk);
  }
  ~EchoPeer() { backend_->Close(socket_, false); }

  bool IsEchoed(std::string_view text) {
    const auto part = std::as_bytes(std::span(text.data(), text.size()));
    if (backend_->Send(socket_, {&part, 1}, sys::SendMemory::kTransient).bytes != text.size()) {
      return false;
    }
    std::string received;
    const std::uint64_t deadline = backend_->NowMs() + 5000;
    while (received.size() < text.size() && backend_->NowMs() < deadline) {
      std::array<sys::Completion, 4> completions;
      backend_->Wait(completions, deadline);
      std::array<std::byte, 1000> memory;
      const sys::ReceiveResult result = backend_->Receive(socket_, memory);
      received.append(reinterpret_cast<const char*>(memory.data()), result.bytes);
    }
    return received == text;
  }

 private:
  std::unique_ptr<sys::Backend> backend_;
  sys::Socket socket_;
};

TEST(OtherThreads, MayPostTasksAndLookAtNumbersWhileTheReactorRuns) {
  ThreadedReactor threaded;
  sys::Handle handle = sys::kNoHandle;
  sys::Endpoint local;
  ASSERT_FALSE(sys::OpenStream(sys::Family::kIPv4, {}, handle));
  ASSERT_FALSE(sys::Bind(handle, {.address = {127, 0, 0, 1}, .family = sys::Family::kIPv4}));
  ASSERT_FALSE(sys::StartListening(handle, 100));
  ASSERT_EQ(sys::LocalEndpoint(handle, local), ErrorCode::kOk);
  threaded.Post([&threaded, handle] {
    threaded.reactor.Listen(
        threaded.component, handle,
        [&threaded](Component& owner, sys::Handle accepted, const sys::Endpoint& peer) {
          threaded.reactor.Adopt(owner, accepted, peer);
        });
  });

  constexpr std::size_t kPeers = 10;
  constexpr int kRounds = 20;
  std::vector<std::unique_ptr<EchoPeer>> peers;
  for (std::size_t i = 0; i < kPeers; ++i) peers.push_back(std::make_unique<EchoPeer>(local));
  for (int round = 0; round < kRounds; ++round) {
    for (const auto& peer : peers) EXPECT_TRUE(peer->IsEchoed("round " + std::to_string(round)));
    for (const Target& target : threaded.accepted()) {
      const Connection* connection = threaded.reactor.At(target.slot, target.id);
      ASSERT_NE(connection, nullptr);
      EXPECT_EQ(connection->queued.load(), 0U);
      EXPECT_NE(connection->peer.port, 0);
    }
    EXPECT_EQ(threaded.reactor.load(), kPeers);
    EXPECT_EQ(threaded.component.connection_count().load(), kPeers);
    EXPECT_LE(threaded.component.counters(0).bytes_sent.Read(), kPeers * kRounds * 8);
    EXPECT_LE(threaded.reactor.cached_buffers().Read(), kPeers);
  }
}

}  // namespace
}  // namespace hp::net
