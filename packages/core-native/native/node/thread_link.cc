// SPDX-License-Identifier: Apache-2.0
#include "node/thread_link.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "node/thread_registry.h"

namespace hp::node {

ThreadLink::ThreadLink(Napi::Env env, std::size_t index)
    : Link(env, Scope::kPresent), index_(index) {}

std::unique_ptr<ThreadLink> ThreadLink::Create(Napi::Env env, std::size_t index) {
  std::unique_ptr<ThreadLink> link(new ThreadLink(env, index));
  if (!link->Start()) return nullptr;
  return link;
}

bool ThreadLink::Start() {
  backend_ = sys::CreateBackend();
  if (backend_ == nullptr) return false;
  reactor_ =
      std::make_unique<net::Reactor>(*backend_, memory_of_thread_, index_,
                                     net::Reactor::Limits{.undelivered_bytes = kUndeliveredBytes});
  const Napi::String name = Napi::String::New(env_, "HpSocketDoorbell");
  const auto ring = [](napi_env env, napi_value, void* link, void*) {
    if (env != nullptr) static_cast<ThreadLink*>(link)->OnDoorbell();
  };
  if (napi_create_threadsafe_function(env_, nullptr, nullptr, name, 0, 1, nullptr, nullptr, this,
                                      ring, &doorbell_) != napi_ok) {
    return false;
  }
  Unref();
  try {
    thread_ = std::thread([this] { Loop(); });
  } catch (const std::system_error&) {
    napi_release_threadsafe_function(std::exchange(doorbell_, nullptr), napi_tsfn_abort);
    return false;
  }
  RegisterThread(this);
  napi_add_async_cleanup_hook(
      env_,
      [](napi_async_cleanup_hook_handle, void* self) { static_cast<ThreadLink*>(self)->Close(); },
      this, &cleanup_hook_);
  return true;
}

ThreadLink::~ThreadLink() { Close(); }

void ThreadLink::EndThread(Quit quit) {
  if (!thread_.joinable()) return;
  quit_ = quit;
  backend_->Wake();
  thread_.join();
}

void ThreadLink::Close() {
  if (doorbell_ == nullptr) return;
  UnregisterThread(this);
  EndThread(Quit::kClosing);
  // What counts is given back now; the object itself waits for the collector.
  backend_.reset();
  memory_of_thread_.Clear();
  LetGo();
  napi_release_threadsafe_function(std::exchange(doorbell_, nullptr), napi_tsfn_abort);
  napi_remove_async_cleanup_hook(cleanup_hook_);
}

void ThreadLink::Ref() {
  if (doorbell_ != nullptr) napi_ref_threadsafe_function(env_, doorbell_);
}

void ThreadLink::Unref() {
  if (doorbell_ != nullptr) napi_unref_threadsafe_function(env_, doorbell_);
}

// ---------------------------------------------------------- the reactor thread

void ThreadLink::Batch::Append(const Batch& later) {
  events.insert(events.end(), later.events.begin(), later.events.end());
  retired.insert(retired.end(), later.retired.begin(), later.retired.end());
}

void ThreadLink::Loop() {
  std::vector<Order> orders;
  while (quit_ == Quit::kNot) {
    {
      const std::lock_guard lock(mutex_);
      std::swap(orders, inbox_);
    }
    for (Order& order : orders) Obey(order);
    orders.clear();
    // An order given between the look below and the wait finds `sleeps_` set,
    // and wakes.
    sleeps_ = true;
    bool has_orders = false;
    {
      const std::lock_guard lock(mutex_);
      has_orders = !inbox_.empty();
    }
    reactor_->Turn(has_orders ? std::optional<std::uint64_t>(0) : std::nullopt);
    sleeps_ = false;
    Publish();
  }
  if (quit_ == Quit::kLeaving) return;
  RunLateTasks();
  // Here and not later: what a thread has asked of the system is not to outlive it.
  reactor_->CloseAll();
}

// Another reactor may have handed over a connection that nobody took in time:
// taken in now, it is closed with the others.
void ThreadLink::RunLateTasks() {
  std::vector<Order> late;
  {
    const std::lock_guard lock(mutex_);
    takes_orders_ = false;
    std::swap(late, inbox_);
  }
  for (Order& order : late) {
    if (order.task) order.task(*reactor_);
  }
}

void ThreadLink::Obey(Order& order) {
  if (order.task) return order.task(*reactor_);
  if (order.is_handled) {
    reactor_->Seen(order.handled.events);
    memory_of_thread_.GiveBack(order.handled.retired);
    return;
  }
  reactor_->Execute(order.commands, order.slot, order.id, order.bytes);
}

void ThreadLink::Publish() {
  Batch batch;
  reactor_->TakeEvents(batch.events);
  if (batch.events.empty()) return;
  batch.retired = memory_of_thread_.TakeRetired();
  bool rings = false;
  {
    const std::lock_guard lock(mutex_);
    // JavaScript is busy with something else: what waits for it becomes one batch.
    if (outbox_.empty() || outbox_.back().events.size() + batch.events.size() > kMaxBatch) {
      outbox_.push_back(std::move(batch));
    } else {
      outbox_.back().Append(batch);
    }
    rings = !std::exchange(rung_, true);
  }
  if (rings) napi_call_threadsafe_function(doorbell_, nullptr, napi_tsfn_nonblocking);
}

// -------------------------------------------------------- JavaScript's thread

bool ThreadLink::Give(Order order) {
  // Another reactor's thread may still be here when Close() lets go of it.
  std::shared_ptr<sys::Backend> backend;
  {
    const std::lock_guard lock(mutex_);
    if (!takes_orders_) return false;
    inbox_.push_back(std::move(order));
    backend = backend_;
  }
  if (sleeps_.exchange(false)) backend->Wake();
  return true;
}

bool ThreadLink::Post(Task task) { return Give({.task = std::move(task)}); }

void ThreadLink::Run(const Task& task) {
  std::mutex mutex;
  std::condition_variable done;
  bool is_done = false;
  const bool is_posted = Post([&](net::Reactor& reactor) {
    task(reactor);
    const std::lock_guard lock(mutex);
    is_done = true;
    done.notify_one();
  });
  if (!is_posted) return;
  std::unique_lock lock(mutex);
  done.wait(lock, [&] { return is_done; });
}

void ThreadLink::Flush() {
  const std::span<const std::byte> commands = TakeCommands();
  if (commands.empty() || doorbell_ == nullptr) return;
  Give({.commands = {commands.begin(), commands.end()}});
}

void ThreadLink::SendNow(std::uint32_t slot, std::uint64_t id, std::span<const std::byte> bytes) {
  const std::span<const std::byte> commands = TakeCommands();
  if (doorbell_ == nullptr) return;
  Give({.commands = {commands.begin(), commands.end()},
        .slot = slot,
        .id = id,
        .bytes = {bytes.begin(), bytes.end()}});
}

const net::Connection* ThreadLink::Find(std::uint32_t slot, std::uint64_t id) {
  return doorbell_ == nullptr ? nullptr : reactor_->At(slot, id);
}

LinkStats ThreadLink::Stats() {
  LinkStats stats = stats_;
  stats.cached_buffers = reactor_->cached_buffers().Read();
  stats.cached_connections = reactor_->cached_connections().Read();
  return stats;
}

void ThreadLink::OnDoorbell() {
  std::deque<Batch> batches;
  {
    const std::lock_guard lock(mutex_);
    std::swap(batches, outbox_);
    rung_ = false;
  }
  for (Batch& batch : batches) {
    if (!DeliverBatch(batch)) return;
    Give({.handled = std::move(batch), .is_handled = true});
  }
}

bool ThreadLink::DeliverBatch(Batch& batch) {
  std::span<net::Event> rest = batch.events;
  while (!rest.empty()) {
    std::size_t count = 0;
    for (; count < std::min(rest.size(), kMaxBatch); ++count) {
      net::Event& event = rest[count];
      const std::uint32_t length = net::BytesOf(event);
      if (length == 0) continue;
      const std::byte* bytes = memory_of_thread_.At(event.a, event.b);
      const auto place = js_memory_.Copy({bytes, length}, (event.flags & net::kBorrowed) != 0);
      if (!place) break;
      event.a = place->block;
      event.b = place->offset;
    }
    if (!DeliverPiece(rest.first(count))) return false;
    rest = rest.subspan(count);
  }
  return true;
}

bool ThreadLink::DeliverPiece(std::span<const net::Event> events) {
  const bool alive = Deliver(events, js_memory_.given()) && doorbell_ != nullptr;
  js_memory_.EndBatch();
  if (alive) Flush();
  return alive;
}

}  // namespace hp::node
