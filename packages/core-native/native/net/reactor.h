// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "net/acceptor.h"
#include "net/connector.h"
#include "net/context.h"
#include "net/datagrams.h"
#include "net/receiver.h"
#include "net/sender.h"

namespace hp::net {

// One event loop: waits on its backend, turns completions into events and
// carries out commands. Everything here runs on the thread that calls Turn().
class Reactor {
 public:
  using Limits = Context::Limits;
  Reactor(sys::Backend& backend, ReceiveMemory& memory, std::size_t index, const Limits& limits);

  // Waits at most until `deadline_ms` (see Backend::Wait), and no longer than
  // until the next timer; then does what is to be done. The events of the turn
  // are in events().
  void Turn(std::optional<std::uint64_t> deadline_ms);

  // True while there is work that no completion will announce.
  bool HasWork() const {
    const bool has_ready = !context_.ready.empty() || !context_.ready_endpoints.empty();
    return !context_.events.empty() || (has_ready && context_.intake.HasMemory());
  }
  // True when all there is to tell are connections that receive already: what
  // their peers say first is mostly on its way, and best told with them.
  bool HasOnlyOpenings() const;
  bool HasEvents() const { return !context_.events.empty(); }
  std::optional<std::uint64_t> NextTimer() const { return context_.wheel.NextWake(); }

  // What has happened since the last call, in order. `events` is emptied first.
  void TakeEvents(std::vector<Event>& events);
  // JavaScript has handled these: slots of closed connections become free.
  void Seen(std::span<const Event> events);

  void Execute(std::span<std::byte> commands) { sender_.Execute(commands); }
  // Reads the clock; for what is done outside of a turn, or long after one began.
  void ReadClock() { context_.now_ms = context_.backend.NowMs(); }
  // The same, and then sends `bytes`: their memory is the caller's again on return.
  void Execute(std::span<std::byte> commands, std::uint32_t slot, std::uint64_t id,
               std::span<const std::byte> bytes) {
    sender_.Execute(commands, slot, id, bytes);
  }

  ErrorCode Listen(Component& component, sys::Handle handle, Acceptor::Place place);
  // Serves a bound datagram socket: whoever sends to it becomes a connection.
  ErrorCode ServeDatagrams(Component& component, sys::Handle handle);
  // Accepts nothing more for a component, closes its datagram sockets, and drops
  // what it still had to flush.
  void StopAccepting(const Component& component);
  void TellStopped(const Component& component);
  void Adopt(Component& component, sys::Handle handle, const sys::Endpoint& peer);
  // Serves a socket that was connected by blocking; its caller tells the rest.
  std::uint32_t AdoptConnected(Component& component, std::uint64_t id, sys::Handle handle,
                               const sys::Endpoint& peer, const char* host_name);
  void Connect(Component& component, std::uint64_t id, std::unique_ptr<ConnectAttempt> attempt);
  // Serves the datagram socket of a client or a member of a group. Its caller
  // tells the connect where `tells` is false.
  std::uint32_t AdoptDatagrams(Component& component, std::uint64_t id, sys::Handle handle,
                               const sys::Endpoint& peer, DatagramEndpoint::Role role, bool tells);

  // Calls off a connect that is under way.
  void Cancel(const Component& component, std::uint64_t id);

  // Connections it serves; for any thread.
  std::size_t load() const { return context_.load.load(std::memory_order_relaxed); }

  // The connection `id`, whose slot has not been free since JavaScript was told
  // of it; for JavaScript's thread, which may look at what does not change and at
  // what is atomic.
  const Connection* At(std::uint32_t slot, std::uint64_t id) const {
    const Connection& connection = context_.connections[slot];
    return connection.id == id ? &connection : nullptr;
  }
  // For any thread.
  std::uint64_t NowMs() { return context_.backend.NowMs(); }
  // How much is kept for reuse.
  void SetCacheLimits(std::size_t chunks, std::size_t connections);
  // What is kept for reuse, as of the last turn; for any thread.
  const Counter& cached_buffers() const { return cached_buffers_; }
  const Counter& cached_connections() const { return cached_connections_; }

  // Closes every socket, without events; the reactor is not used afterwards.
  void CloseAll();

 private:
  void ServeReady();
  void Handle(const sys::Completion& completion);
  void OnTimer(sys::Token token);
  void TrimCaches();

  Context context_;
  Acceptor acceptor_;
  Datagrams datagrams_;
  Sender sender_;
  Connector connector_;
  Receiver receiver_;
  std::size_t cached_connections_limit_;
  bool datagrams_first_ = false;
  Counter cached_buffers_;
  Counter cached_connections_;
  std::array<sys::Completion, 512> completions_;
};

}  // namespace hp::net
