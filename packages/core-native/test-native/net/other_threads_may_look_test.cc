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
#include "sys/datagram_socket.h"
#include "sys/stream_socket.h"
#include "test_filter.h"
#include "test_memory.h"

namespace hp::net {
namespace {

sys::Endpoint Anywhere() { return {.address = {127, 0, 0, 1}, .family = sys::Family::kIPv4}; }

// A reactor on a thread of its own with the system's backend, which echoes.
// Another thread gives it tasks and looks at what it may look at.
class ThreadedReactor {
 public:
  explicit ThreadedReactor(const ComponentSettings& settings = {})
      : backend_(sys::CreateBackend()),
        component(1, OpenedAtOnce(settings), 1, 1),
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

  // Listens for streams; answers where.
  sys::Endpoint Listen() {
    sys::Handle handle = sys::kNoHandle;
    sys::Endpoint local;
    EXPECT_FALSE(sys::OpenStream(sys::Family::kIPv4, {}, handle));
    EXPECT_FALSE(sys::Bind(handle, Anywhere()));
    EXPECT_FALSE(sys::StartListening(handle, 100));
    EXPECT_EQ(sys::LocalEndpoint(handle, local), ErrorCode::kOk);
    Post([this, handle] {
      reactor.Listen(component, handle,
                     [this](Component& owner, sys::Handle accepted, const sys::Endpoint& peer) {
                       reactor.Adopt(owner, accepted, peer);
                     });
    });
    return local;
  }

  // Targets of the connections accepted so far.
  std::vector<Target> accepted() {
    const std::lock_guard lock(mutex_);
    return accepted_;
  }

 private:
  static ComponentSettings OpenedAtOnce(ComponentSettings settings) {
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

  // Takes so many bytes in, whatever they are.
  void Drain(std::size_t bytes) {
    std::vector<std::byte> memory(64 << 10);
    const std::uint64_t deadline = backend_->NowMs() + 30'000;
    while (bytes != 0 && backend_->NowMs() < deadline) {
      std::array<sys::Completion, 4> completions;
      backend_->Wait(completions, deadline);
      for (bool more = true; more && bytes != 0;) {
        const sys::ReceiveResult result = backend_->Receive(socket_, memory);
        bytes -= result.bytes;
        more = result.more;
      }
    }
    EXPECT_EQ(bytes, 0U);
  }

 private:
  std::unique_ptr<sys::Backend> backend_;
  sys::Socket socket_;
};

// The same over datagrams.
class EchoDatagramPeer {
 public:
  explicit EchoDatagramPeer(const sys::Endpoint& server) : backend_(sys::CreateBackend()) {
    EXPECT_FALSE(sys::OpenDatagram(sys::Family::kIPv4, {}, socket_.handle));
    EXPECT_FALSE(sys::Bind(socket_.handle, Anywhere()));
    EXPECT_FALSE(sys::ConnectDatagram(socket_.handle, server));
    socket_.token = 1;
    EXPECT_EQ(backend_->AttachDatagrams(socket_, {.max_bytes = 1000}), ErrorCode::kOk);
  }
  ~EchoDatagramPeer() { backend_->Close(socket_, false); }

  bool IsEchoed(std::string_view text) {
    const sys::OutgoingDatagram datagram{.bytes = std::as_bytes(std::span(text))};
    if (backend_->SendDatagrams(socket_, {&datagram, 1}).count != 1) return false;
    const std::uint64_t deadline = backend_->NowMs() + 5000;
    while (backend_->NowMs() < deadline) {
      std::array<sys::Completion, 4> completions;
      backend_->Wait(completions, deadline);
      std::array<std::byte, 1000> memory;
      sys::IncomingDatagram incoming{.memory = memory};
      if (backend_->ReceiveDatagrams(socket_, {&incoming, 1}).count != 1) continue;
      return std::string_view(reinterpret_cast<const char*>(memory.data()), incoming.bytes) == text;
    }
    return false;
  }

 private:
  std::unique_ptr<sys::Backend> backend_;
  sys::Socket socket_;
};

// Of bytes that are sent once and for all ever fewer are pending. A reading that
// counted some twice, or left some out, would be followed by one that is smaller
// or larger than it may be.
void SendAndLook(const ComponentSettings& settings) {
  constexpr std::size_t kBytes = 20'000;
  constexpr std::uint32_t kSends = 1500;
  constexpr std::uint32_t kTotal = kBytes * kSends;
  ThreadedReactor threaded(settings);
  EchoPeer peer(threaded.Listen());
  while (threaded.accepted().empty()) std::this_thread::yield();
  const Target target = threaded.accepted().front();
  const Connection* connection = threaded.reactor.At(target.slot, target.id);
  ASSERT_NE(connection, nullptr);
  EXPECT_EQ(connection->Pending(kTotal), kTotal);

  std::thread reader([&peer] { peer.Drain(kTotal); });
  threaded.Post([&threaded, target] {
    CommandBuffer commands;
    commands.AddWithBytes(CommandKind::kSend, target, std::string(kBytes, 'x'));
    for (std::uint32_t i = 0; i < kSends; ++i) {
      CommandBuffer one = commands;
      threaded.reactor.Execute(one.bytes());
    }
  });
  std::uint32_t last = kTotal;
  std::uint32_t wrong = 0;
  while (last != 0 && wrong == 0) {
    const std::uint32_t pending = connection->Pending(kTotal);
    if (pending > last) ++wrong;
    last = pending;
  }
  EXPECT_EQ(wrong, 0U);
  reader.join();
}

TEST(OtherThreads, CountPendingBytesExactly) { SendAndLook({}); }

TEST(OtherThreads, CountPendingBytesOfFilteredConnectionsExactly) {
  TestFilter filter;
  filter.permits_early = true;
  ComponentSettings settings;
  settings.filter = filter.Functions();
  SendAndLook(settings);
  EXPECT_EQ(filter.misuses, 0);
}

constexpr std::size_t kPeers = 10;
constexpr int kRounds = 20;

TEST(OtherThreads, MayPostTasksAndLookAtNumbersWhileTheReactorRuns) {
  ThreadedReactor threaded;
  const sys::Endpoint local = threaded.Listen();

  std::vector<std::unique_ptr<EchoPeer>> peers;
  for (std::size_t i = 0; i < kPeers; ++i) peers.push_back(std::make_unique<EchoPeer>(local));
  for (int round = 0; round < kRounds; ++round) {
    for (const auto& peer : peers) EXPECT_TRUE(peer->IsEchoed("round " + std::to_string(round)));
    for (const Target& target : threaded.accepted()) {
      const Connection* connection = threaded.reactor.At(target.slot, target.id);
      ASSERT_NE(connection, nullptr);
      EXPECT_EQ(connection->queued(), 0U);
      EXPECT_NE(connection->peer.port, 0);
    }
    EXPECT_EQ(threaded.reactor.load(), kPeers);
    EXPECT_EQ(threaded.component.connection_count().load(), kPeers);
    EXPECT_LE(threaded.component.counters(0).bytes_sent.Read(), kPeers * kRounds * 8);
    EXPECT_LE(threaded.reactor.cached_buffers().Read(), kPeers);
  }
}

TEST(OtherThreads, MayLookAtWhatIsSentToThePeersOfADatagramSocket) {
  ThreadedReactor threaded;
  sys::Handle handle = sys::kNoHandle;
  sys::Endpoint local;
  ASSERT_FALSE(sys::OpenDatagram(sys::Family::kIPv4, {}, handle));
  ASSERT_FALSE(sys::Bind(handle, Anywhere()));
  ASSERT_EQ(sys::LocalEndpoint(handle, local), ErrorCode::kOk);
  threaded.Post(
      [&threaded, handle] { threaded.reactor.ServeDatagrams(threaded.component, handle); });

  std::vector<std::unique_ptr<EchoDatagramPeer>> peers;
  for (std::size_t i = 0; i < kPeers; ++i) {
    peers.push_back(std::make_unique<EchoDatagramPeer>(local));
  }
  for (std::uint32_t round = 0; round < kRounds; ++round) {
    for (const auto& peer : peers) EXPECT_TRUE(peer->IsEchoed("round"));
    ASSERT_EQ(threaded.accepted().size(), kPeers);
    for (const Target& target : threaded.accepted()) {
      const Connection* connection = threaded.reactor.At(target.slot, target.id);
      ASSERT_NE(connection, nullptr);
      EXPECT_EQ(connection->queued(), 0U);
      EXPECT_LE(connection->progress.load().submitted, 5 * (round + 1));
      EXPECT_NE(connection->peer.port, 0);
      EXPECT_NE(connection->last_receive_ms.load(), 0U);
    }
    EXPECT_EQ(threaded.component.counters(0).queued_bytes.Read(), 0U);
    EXPECT_EQ(threaded.component.counters(0).dropped_datagrams.Read(), 0U);
  }
}

}  // namespace
}  // namespace hp::net
