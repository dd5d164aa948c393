// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <napi.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "net/event.h"
#include "net/reactor.h"
#include "node/boundary.h"
#include "node/js_memory.h"

namespace hp::node {

// Calls into JavaScript, and what the reactor keeps for reuse.
struct LinkStats {
  std::uint64_t batches = 0;
  std::uint64_t events = 0;
  std::uint64_t cached_buffers = 0;
  std::uint64_t cached_connections = 0;
};

// The bridge between one reactor and the JavaScript of one environment: events
// go up in batches, commands come down in buffers. Lives on JavaScript's thread;
// how the reactor runs is the subclass's affair.
//
// The JavaScript object that belongs to it supplies the memory and keeps it
// alive; see src/link.ts.
class Link {
 public:
  // Whether a call into JavaScript brings its own scope, at whose end microtasks
  // run, or happens within one.
  enum class Scope : std::uint8_t { kOwn, kPresent };
  Link(Napi::Env env, Scope scope);
  virtual ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  using Task = std::function<void(net::Reactor&)>;
  // Runs `task` on the reactor's thread: at once when that is this thread. False
  // when the reactor has ended. A link of a thread takes tasks from any thread.
  virtual bool Post(Task task) = 0;
  // As Post(), and waits for it.
  virtual void Run(const Task& task) = 0;
  // Carries out the commands JavaScript has written.
  virtual void Flush() = 0;
  // Sends without a detour over the command buffer, after flushing it.
  virtual void SendNow(std::uint32_t slot, std::uint64_t id, std::span<const std::byte> bytes) = 0;
  // Bytes of a connection that the system has not taken yet, when JavaScript
  // has sent `sent` in all (modulo 2^32).
  std::uint32_t PendingBytes(std::uint32_t slot, std::uint64_t id, std::uint32_t sent);
  // Milliseconds since a connection was made, and since it received something.
  std::uint64_t ConnectPeriod(std::uint32_t slot, std::uint64_t id);
  std::uint64_t SilencePeriod(std::uint32_t slot, std::uint64_t id);
  // What is known of a connection that JavaScript has not seen closed.
  virtual const net::Connection* Find(std::uint32_t slot, std::uint64_t id) = 0;
  // The time on the reactor's clock.
  virtual std::uint64_t NowMs() = 0;
  virtual LinkStats Stats() = 0;
  // Connections its reactor serves; for any thread.
  virtual std::size_t load() const = 0;
  virtual void Ref() = 0;
  virtual void Unref() = 0;
  // Ends the reactor; nothing is told any more.
  virtual void Close() = 0;

  struct Memory {
    std::uint32_t* control = nullptr;
    net::Event* records = nullptr;
    std::byte* commands = nullptr;
  };
  void SetUp(const Napi::Object& target, const Napi::Function& deliver, const Memory& memory);
  JsMemory& js_memory() { return js_memory_; }

 protected:
  // Calls JavaScript with `events`. False when it cannot be called any more.
  // `given`: blocks that nothing which is told later lies in, so that JavaScript
  // may replace them.
  bool Deliver(std::span<const net::Event> events, const std::optional<JsMemory::Given>& given);
  std::span<std::byte> TakeCommands();
  // Drops what keeps the JavaScript object alive; Deliver() is not called again.
  void LetGo() { deliver_.Reset(); }

  Napi::Env env_;
  Memory memory_;
  JsMemory js_memory_;
  LinkStats stats_;  // batches and events only
  bool in_turn_ = false;

 private:
  Napi::ObjectReference target_;
  Napi::FunctionReference deliver_;
  Scope scope_;
  napi_async_context async_context_ = nullptr;  // for a scope of its own
};

}  // namespace hp::node
