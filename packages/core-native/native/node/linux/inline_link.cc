// SPDX-License-Identifier: Apache-2.0
#include "node/linux/inline_link.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "node/create_inline_link.h"

namespace hp::node {
namespace {

// Turns in a row before Node's other work gets its chance.
constexpr int kMaxTurns = 16;
// A turn that told fewer events than this is not followed by another: the
// system call would most likely find nothing.
constexpr std::size_t kBusyTurn = 2;

}  // namespace

std::unique_ptr<Link> CreateInlineLink(Napi::Env env) { return InlineLink::Create(env); }

std::unique_ptr<InlineLink> InlineLink::Create(Napi::Env env) {
  std::unique_ptr<InlineLink> link(new InlineLink(env));
  if (!link->Start()) return nullptr;
  return link;
}

bool InlineLink::Start() {
  uv_loop_s* loop = nullptr;
  backend_ = sys::CreatePollableBackend();
  if (backend_ == nullptr || napi_get_uv_event_loop(env_, &loop) != napi_ok) return false;
  reactor_ = std::make_unique<net::Reactor>(*backend_, js_memory_, 0, net::Reactor::Limits{});
  auto* poll = static_cast<uv_poll_s*>(std::malloc(uv_handle_size(kUvPollHandle)));
  auto watcher = std::make_unique<Watcher>(Watcher{.link = this, .poll = poll, .hook = nullptr});
  if (uv_poll_init(loop, poll, backend_->descriptor()) != 0) {
    std::free(poll);
    return false;
  }
  watcher_ = watcher.release();
  uv_handle_set_data(watcher_->handle(), watcher_);
  uv_poll_start(poll, kUvReadable, [](uv_poll_s* handle, int, int) {
    WatcherOf(reinterpret_cast<uv_handle_s*>(handle))->link->OnPollable();
  });
  napi_add_async_cleanup_hook(
      env_,
      [](napi_async_cleanup_hook_handle, void* self) { static_cast<InlineLink*>(self)->Close(); },
      this, &watcher_->hook);
  Unref();
  return true;
}

InlineLink::Watcher* InlineLink::WatcherOf(const uv_handle_s* handle) {
  return static_cast<Watcher*>(uv_handle_get_data(handle));
}

InlineLink::~InlineLink() { Close(); }

void InlineLink::Close() {
  if (!open()) return;
  reactor_->CloseAll();
  uv_close(std::exchange(watcher_, nullptr)->handle(), [](uv_handle_s* handle) {
    const std::unique_ptr<Watcher> watcher(WatcherOf(handle));
    std::free(handle);
    napi_remove_async_cleanup_hook(watcher->hook);
  });
}

void InlineLink::Ref() {
  if (open()) uv_ref(watcher_->handle());
}

void InlineLink::Unref() {
  if (open()) uv_unref(watcher_->handle());
}

void InlineLink::OnPollable() {
  in_turn_ = true;
  turn_requested_ = false;
  if (conversation_.HasAnswered()) conversation_.Resume(net::Conversation::Clock::now());
  TakeTurn();
  for (int turn = 1; DeliverAll(), open() && turn < kMaxTurns; ++turn) {
    if (told_ >= kBusyTurn || reactor_->HasWork()) {
      TakeTurn();
    } else if (!AwaitQuestion()) {
      break;
    }
  }
  if (conversation_.HasAnswered()) conversation_.Pause(net::Conversation::Clock::now());
  in_turn_ = false;
  if (open()) Settle();
}

void InlineLink::TakeTurn() {
  reactor_->Turn(0);
  if (reactor_->HasOnlyOpenings()) reactor_->Turn(0);
}

bool InlineLink::AwaitQuestion() {
  using Clock = net::Conversation::Clock;
  if (!conversation_.ExpectsQuestion()) return false;
  conversation_.Pause(Clock::now());
  do {
    reactor_->Turn(0);
    if (reactor_->HasWork()) {
      conversation_.Resume(Clock::now());
      return true;
    }
  } while (Clock::now() < conversation_.Deadline());
  conversation_.End();
  return false;
}

void InlineLink::DeliverAll() {
  told_ = 0;
  for (reactor_->TakeEvents(delivering_); !delivering_.empty(); reactor_->TakeEvents(delivering_)) {
    // What is received for events to come is not among it.
    const JsMemory::Given given = js_memory_.given();
    for (std::size_t next = 0; next < delivering_.size();) {
      const auto batch = std::span<const net::Event>(delivering_)
                             .subspan(next, std::min(kMaxBatch, delivering_.size() - next));
      const bool is_last = next + batch.size() == delivering_.size();
      if (!Deliver(batch, is_last ? std::optional(given) : std::nullopt) || !open()) return;
      reactor_->ReadClock();
      const std::span<std::byte> commands = TakeCommands();
      conversation_.Told(batch, !commands.empty());
      reactor_->Execute(commands);
      reactor_->Seen(batch);
      next += batch.size();
    }
    told_ += delivering_.size();
    // Commands may have made events, whose bytes are lent too.
    if (!reactor_->HasEvents()) js_memory_.EndBatch();
  }
}

void InlineLink::Settle() {
  if (in_turn_) return;
  if (reactor_->HasWork() && !turn_requested_) {
    turn_requested_ = true;
    backend_->Wake();
  }
  backend_->ArmDeadline(reactor_->NextTimer());
}

LinkStats InlineLink::Stats() {
  LinkStats stats = stats_;
  stats.cached_buffers = reactor_->cached_buffers().Read();
  stats.cached_connections = reactor_->cached_connections().Read();
  return stats;
}

bool InlineLink::Post(Task task) {
  if (!open()) return false;
  reactor_->ReadClock();
  task(*reactor_);
  Settle();
  return true;
}

void InlineLink::Flush() {
  if (!open()) return;
  reactor_->ReadClock();
  reactor_->Execute(TakeCommands());
  Settle();
}

void InlineLink::SendNow(std::uint32_t slot, std::uint64_t id, std::span<const std::byte> bytes) {
  if (!open()) return;
  reactor_->ReadClock();
  reactor_->Execute(TakeCommands(), slot, id, bytes);
  Settle();
}

const net::Connection* InlineLink::Find(std::uint32_t slot, std::uint64_t id) {
  return open() ? reactor_->At(slot, id) : nullptr;
}

}  // namespace hp::node
