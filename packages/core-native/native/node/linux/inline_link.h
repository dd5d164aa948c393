// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <node_api.h>

#include <memory>
#include <vector>

#include "net/conversation.h"
#include "node/link.h"
#include "node/linux/uv_poll.h"
#include "sys/create_backend.h"

namespace hp::node {

// A reactor inside Node's own loop: libuv watches its epoll descriptor, and a
// turn is receive, one call into JavaScript, send.
class InlineLink final : public Link {
 public:
  // Answers nothing when the system has no descriptors left.
  static std::unique_ptr<InlineLink> Create(Napi::Env env);
  ~InlineLink() override;

  bool Post(Task task) override;
  void Run(const Task& task) override { Post(task); }
  void Flush() override;
  void SendNow(std::uint32_t slot, std::uint64_t id, std::span<const std::byte> bytes) override;
  const net::Connection* Find(std::uint32_t slot, std::uint64_t id) override;
  std::uint64_t NowMs() override { return reactor_->NowMs(); }
  LinkStats Stats() override;
  std::size_t load() const override { return reactor_->load(); }
  void Ref() override;
  void Unref() override;
  void Close() override;

 private:
  explicit InlineLink(Napi::Env env) : Link(env, Scope::kOwn) {}
  bool Start();
  void OnPollable();
  // Finds out what has happened, without waiting.
  void TakeTurn();
  // Tells JavaScript what has happened and carries out what it answers, until
  // there is no more to tell.
  void DeliverAll();
  // Stays awake for the next question of a conversation; whether it has come.
  bool AwaitQuestion();
  // After a change from outside a turn: sees to it that a turn comes.
  void Settle();

  // The libuv handle outlives the link by one turn of the loop: it may be freed
  // only in its close callback, and the environment waits for that.
  struct Watcher {
    InlineLink* link;
    uv_poll_s* poll;
    napi_async_cleanup_hook_handle hook;

    uv_handle_s* handle() const { return reinterpret_cast<uv_handle_s*>(poll); }
  };

  static Watcher* WatcherOf(const uv_handle_s* handle);
  bool open() const { return watcher_ != nullptr; }

  std::unique_ptr<sys::PollableBackend> backend_;
  std::unique_ptr<net::Reactor> reactor_;
  Watcher* watcher_ = nullptr;  // none once closed; freed by the close callback
  std::vector<net::Event> delivering_;
  std::size_t told_ = 0;  // events of the turn
  net::Conversation conversation_;
  bool turn_requested_ = false;
};

}  // namespace hp::node
