// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <node_api.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "node/link.h"
#include "node/thread_memory.h"
#include "sys/create_backend.h"

namespace hp::node {

// A reactor on a thread of its own. What it has to tell is collected in an
// outbox, and a thread-safe function serves as the doorbell of JavaScript's
// thread, rung once until that has looked. What JavaScript orders goes into an
// inbox. The reactor never waits for JavaScript.
class ThreadLink final : public Link {
 public:
  // Answers nothing when the system has no descriptors or threads left.
  static std::unique_ptr<ThreadLink> Create(Napi::Env env, std::size_t index);
  ~ThreadLink() override;

  bool Post(Task task) override;
  void Run(const Task& task) override;
  void Flush() override;
  void SendNow(std::uint32_t slot, std::uint64_t id, std::span<const std::byte> bytes) override;
  const net::Connection* Find(std::uint32_t slot, std::uint64_t id) override;
  std::uint64_t NowMs() override { return reactor_->NowMs(); }
  LinkStats Stats() override;
  std::size_t load() const override { return reactor_->load(); }
  void Ref() override;
  void Unref() override;
  void Close() override;

  // Ends the thread and leaves all as it is: for the end of the process.
  void LeaveThread() { EndThread(Quit::kLeaving); }

 private:
  static constexpr std::size_t kUndeliveredBytes = 1 << 20;

  // Events and the blocks that are free again once these have been handled.
  struct Batch {
    std::vector<net::Event> events;
    std::vector<std::uint32_t> retired;

    void Append(const Batch& later);
  };
  // One order for the reactor thread: a task, commands, or a batch that has been handled.
  struct Order {
    Task task;
    std::vector<std::byte> commands;
    // A large send that follows the commands.
    std::uint32_t slot = 0;
    std::uint64_t id = 0;
    std::vector<std::byte> bytes;
    Batch handled;
    bool is_handled = false;
  };

  enum class Quit : std::uint8_t { kNot, kLeaving, kClosing };

  ThreadLink(Napi::Env env, std::size_t index);
  bool Start();
  void EndThread(Quit quit);
  void Loop();
  void Obey(Order& order);
  void Publish();
  bool Give(Order order);
  void RunLateTasks();
  void OnDoorbell();
  // Hands one batch to JavaScript, in pieces as its memory allows.
  bool DeliverBatch(Batch& batch);
  bool DeliverPiece(std::span<const net::Event> events);

  std::shared_ptr<sys::Backend> backend_;  // none once closed
  ThreadMemory memory_of_thread_;
  std::unique_ptr<net::Reactor> reactor_;
  std::size_t index_;
  std::thread thread_;
  napi_threadsafe_function doorbell_ = nullptr;
  napi_async_cleanup_hook_handle cleanup_hook_ = nullptr;
  std::atomic<Quit> quit_{Quit::kNot};
  std::atomic<bool> sleeps_{false};

  std::mutex mutex_;  // guards what follows
  std::vector<Order> inbox_;
  bool takes_orders_ = true;
  std::deque<Batch> outbox_;
  bool rung_ = false;
};

}  // namespace hp::node
