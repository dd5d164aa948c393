// SPDX-License-Identifier: Apache-2.0
#include "node/link.h"

#include <cstring>
#include <utility>

namespace hp::node {

Link::Link(Napi::Env env, Scope scope) : env_(env), scope_(scope) {}

Link::~Link() {
  if (async_context_ != nullptr) napi_async_destroy(env_, async_context_);
}

void Link::SetUp(const Napi::Object& target, const Napi::Function& deliver, const Memory& memory) {
  target_ = Napi::Weak(target);
  deliver_ = Napi::Persistent(deliver);
  memory_ = memory;
  if (scope_ == Scope::kPresent) return;
  napi_async_init(env_, target, Napi::String::New(env_, "HpSocketBatch"), &async_context_);
}

bool Link::Deliver(std::span<const net::Event> events,
                   const std::optional<JsMemory::Given>& given) {
  const Napi::HandleScope handles(env_);
  ++stats_.batches;
  stats_.events += events.size();
  std::memcpy(memory_.records, events.data(), events.size_bytes());
  if (given) {
    memory_.control[kSlabsGiven] = given->slabs;
    memory_.control[kLargesGiven] = given->larges;
  }
  memory_.control[kInTurn] = 1;
  const napi_value count = Napi::Number::New(env_, static_cast<double>(events.size()));
  napi_value result;
  // In a scope of its own, microtasks run before the call returns, and what they
  // send is flushed with the rest.
  const napi_status status =
      scope_ == Scope::kOwn
          ? napi_make_callback(env_, async_context_, target_.Value(), deliver_.Value(), 1, &count,
                               &result)
          : napi_call_function(env_, target_.Value(), deliver_.Value(), 1, &count, &result);
  memory_.control[kInTurn] = 0;
  if (status == napi_pending_exception) {
    bool has_thrown = false;
    napi_is_exception_pending(env_, &has_thrown);
    // Otherwise JavaScript may not run any more: the environment is being torn down.
    if (!has_thrown) return false;
    napi_value error;
    napi_get_and_clear_last_exception(env_, &error);
    napi_fatal_exception(env_, error);
    return true;
  }
  return status == napi_ok;
}

std::uint32_t Link::PendingBytes(std::uint32_t slot, std::uint64_t id, std::uint32_t sent) {
  const net::Connection* connection = Find(slot, id);
  return connection == nullptr ? 0 : connection->Pending(sent);
}

std::uint64_t Link::ConnectPeriod(std::uint32_t slot, std::uint64_t id) {
  const net::Connection* connection = Find(slot, id);
  return connection == nullptr ? 0 : NowMs() - connection->opened_ms;
}

std::uint64_t Link::SilencePeriod(std::uint32_t slot, std::uint64_t id) {
  const net::Connection* connection = Find(slot, id);
  if (connection == nullptr) return 0;
  const std::uint64_t last_ms = connection->last_receive_ms.load(std::memory_order_relaxed);
  return NowMs() - last_ms;
}

std::span<std::byte> Link::TakeCommands() {
  return {memory_.commands, std::exchange(memory_.control[kCommandBytes], 0)};
}

}  // namespace hp::node
