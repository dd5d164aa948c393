// SPDX-License-Identifier: Apache-2.0
#include "net/context.h"

#include <array>
#include <memory>
#include <optional>
#include <utility>

namespace hp::net {
namespace {

// Generations keep late completions of a slot's previous owner apart. They
// start at 1: a slot that is not in use matches no token.
constexpr std::uint32_t kGenerationMask = 0x0fff'ffff;

sys::Token TokenOf(const Connection& connection) {
  return (sys::Token{connection.generation} << 32) | connection.slot;
}

}  // namespace

Context::Context(sys::Backend& backend, ReceiveMemory& memory, std::size_t index,
                 const Limits& limits)
    : backend(backend),
      intake(memory, limits.undelivered_bytes),
      pool(limits.cached_chunks),
      wheel(backend.NowMs()),
      now_ms(backend.NowMs()),
      index_(index) {}

Connection* Context::Find(std::uint32_t slot, std::uint64_t id) {
  if (slot >= connections.bound()) return nullptr;
  Connection& connection = connections[slot];
  // The id of a free slot is 0, which names nobody.
  return id != 0 && connection.id == id ? &connection : nullptr;
}

void Context::Rename(Connection& connection) {
  connection.generation = next_generation_++ & kGenerationMask;
  connection.socket.token = connection.timer.tag = TokenOf(connection);
}

Connection* Context::FindByToken(sys::Token token) {
  const auto slot = static_cast<std::uint32_t>(token);
  if (slot >= connections.bound()) return nullptr;
  Connection& connection = connections[slot];
  return TokenOf(connection) == token ? &connection : nullptr;
}

Connection& Context::Create(Component& component, std::uint64_t id) {
  load.fetch_add(1, std::memory_order_relaxed);
  const std::uint32_t slot = connections.Allocate();
  Connection& connection = connections[slot];
  connection.slot = slot;
  connection.id = id;
  connection.component = component.Hold();
  connection.borrowed = component.settings().borrowed_receive;
  Rename(connection);
  connection.StartClocks(now_ms);
  return connection;
}

void Context::Tell(EventKind kind, const Connection& connection, Event details) {
  details.kind = kind;
  details.slot = connection.slot;
  if (kind != EventKind::kReceive && kind != EventKind::kFilter && kind != EventKind::kReceiveFrom)
    details.a = connection.component->index();
  details.id_low = static_cast<std::uint32_t>(connection.id);
  details.id_high = static_cast<std::uint32_t>(connection.id >> 32);
  events.push_back(details);
}

void Context::Tell(EventKind kind, const Component& component, ErrorCode error) {
  events.push_back(
      {.kind = kind, .a = component.index(), .error = static_cast<std::int32_t>(error)});
}

void Context::TellReceived(Connection& connection, std::size_t bytes) {
  const ReceiveMemory::Place place = intake.Commit(connection, bytes);
  if (intake.IsFull(connection)) {
    BlockReads(connection, Connection::kUndelivered);
    counters(connection).read_pauses.Add(1);
  }
  Tell(EventKind::kReceive, connection,
       {.kind = EventKind::kReceive,
        .flags = connection.borrowed ? kBorrowed : std::uint16_t{0},
        .a = place.block,
        .b = place.offset,
        .length = static_cast<std::uint32_t>(bytes),
        .error = static_cast<std::int32_t>(connection.component->index())});
}

bool Context::TellFilter(Connection& connection, std::uint32_t code,
                         std::span<const std::byte> bytes) {
  // After the close there is nobody to tell.
  if (connection.state != Connection::State::kOpen) return true;
  const std::optional<ReceiveMemory::Place> place = intake.Copy(connection, bytes);
  if (!place) return false;
  Tell(EventKind::kFilter, connection,
       {.kind = EventKind::kFilter,
        .a = place->block,
        .b = place->offset,
        .length = static_cast<std::uint32_t>(bytes.size()),
        .error = static_cast<std::int32_t>(code)});
  return true;
}

void Context::Close(Connection& connection, Operation operation, ErrorCode error) {
  using State = Connection::State;
  if (connection.state == State::kFlushing || connection.state == State::kLingering) {
    return Release(connection);
  }
  if (connection.state != State::kOpen && connection.state != State::kConnecting) return;
  if (connection.state == State::kConnecting) connection.attempt.reset();
  connection.state = State::kClosed;
  wheel.Cancel(connection.timer);
  if (connection.endpoint != nullptr) {
    // Whoever sends from this address now is somebody new.
    connection.endpoint->peers.Erase(connection.peer, connection.slot);
  }
  if (!connection.flush_after_close && !connection.send_pending) DropQueue(connection);
  counters(connection).closed.Add(1);
  Tell(EventKind::kClose, connection,
       {.kind = EventKind::kClose,
        .operation = operation,
        .error = static_cast<std::int32_t>(error)});
}

void Context::End(Connection& connection) {
  // Closed from here in the meantime: that holds.
  if (connection.state != Connection::State::kOpen || connection.end_told) return;
  connection.readable = false;
  connection.end_waits = connection.undelivered != 0;
  if (connection.end_waits) return;
  if (!connection.half_open || connection.finished) return CloseInOrder(connection);
  connection.end_told = true;
  Tell(EventKind::kEnd, connection);
}

void Context::CloseInOrder(Connection& connection) {
  connection.flush_after_close = true;
  Close(connection, Operation::kClose, ErrorCode::kOk);
}

void Context::CloseSeen(Connection& connection) {
  connection.component->connection_count().fetch_sub(1, std::memory_order_relaxed);
  if (connection.may_send() && connection.queued() != 0) {
    connection.state = Connection::State::kFlushing;
    wheel.Arm(connection.timer, now_ms + kFlushAfterCloseMs);
    return;
  }
  Depart(connection);
}

void Context::Depart(Connection& connection) {
  if (!connection.lingers) return Release(connection);
  connection.state = Connection::State::kLingering;
  if (!connection.finished) backend.FinishSending(connection.socket);
  wheel.Arm(connection.timer, now_ms + kFlushAfterCloseMs);
  if (connection.readable) Discard(connection);
}

void Context::Discard(Connection& connection) {
  std::array<std::byte, 4096> nowhere;
  // A peer that has much to say does not wait to hear the end.
  for (int i = 0; i < 16; ++i) {
    const sys::ReceiveResult result = backend.Receive(connection.socket, nowhere);
    if (result.end || result.error != ErrorCode::kOk) return Release(connection);
    if (!result.more) return;
  }
  Release(connection);
}

bool Context::CloseSocket(sys::Socket& socket, bool abort) {
  const bool done = backend.Close(socket, abort);
  if (!done) ++closing;
  return done;
}

void Context::Release(Connection& connection) {
  wheel.Cancel(connection.timer);
  connection.state = Connection::State::kReleasing;
  // A server's socket has other peers; any other goes with its one connection.
  DatagramEndpoint* endpoint = connection.endpoint.get();
  if (endpoint != nullptr && endpoint->role != DatagramEndpoint::Role::kServer &&
      endpoint->socket.open()) {
    CloseSocket(endpoint->socket, false);
  }
  if (!connection.socket.open() || CloseSocket(connection.socket, connection.abort)) {
    FinishRelease(connection);
  }
}

void Context::FinishRelease(Connection& connection) {
  DropQueue(connection);
  const std::uint32_t slot = connection.slot;
  std::destroy_at(&connection);
  std::construct_at(&connection);
  connections.Free(slot);
  load.fetch_sub(1, std::memory_order_relaxed);
}

void Context::Sent(Connection& connection, std::size_t bytes) {
  connection.last_send_ms = now_ms;
  counters(connection).bytes_sent.Add(bytes);
  if (!connection.component->settings().tells_sends) return;
  if (connection.state != Connection::State::kOpen) return;
  Tell(EventKind::kSend, connection,
       {.kind = EventKind::kSend, .length = static_cast<std::uint32_t>(bytes)});
}

void Context::Count(Connection& connection, std::size_t submitted, std::size_t waiting) {
  connection.Advance(static_cast<std::uint32_t>(submitted), static_cast<std::uint32_t>(waiting));
  if (waiting != 0) counters(connection).queued_bytes.Add(waiting);
}

void Context::DiscountWaiting(Connection& connection, std::size_t bytes) {
  connection.Advance(0, 0 - static_cast<std::uint32_t>(bytes));
  counters(connection).queued_bytes.Subtract(bytes);
}

void Context::DropQueue(Connection& connection) {
  connection.queue.Clear(pool);
  DiscountWaiting(connection, connection.queued());
}

void Context::Dequeue(Connection& connection, std::size_t bytes) {
  if (bytes == 0) return;
  connection.queue.Consume(bytes, pool);
  DiscountWaiting(connection, bytes);
}

void Context::CheckMarks(Connection& connection) {
  if (connection.state != Connection::State::kOpen) return;
  const ComponentSettings& settings = connection.component->settings();
  const std::size_t queued = connection.queued();
  if (queued > settings.high_water_mark && settings.pause_reads_when_congested) {
    if ((connection.read_blocks & Connection::kCongested) != 0) return;
    counters(connection).read_pauses.Add(1);
    BlockReads(connection, Connection::kCongested);
  } else if (queued <= settings.low_water_mark) {
    UnblockReads(connection, Connection::kCongested);
    if (std::exchange(connection.notify_drain, false)) Tell(EventKind::kDrain, connection);
  }
}

void Context::BlockReads(Connection& connection, Connection::ReadBlock reason) {
  connection.read_blocks |= reason;
}

void Context::UnblockReads(Connection& connection, Connection::ReadBlock reason) {
  if ((connection.read_blocks & reason) == 0) return;
  connection.read_blocks &= static_cast<std::uint8_t>(~reason);
  if (connection.read_blocks == 0 && connection.has_more()) MarkReady(connection);
}

void Context::MarkReady(Connection& connection) {
  if (connection.endpoint != nullptr) return MarkReady(connection.endpoint);
  if (connection.in_ready_list) return;
  connection.in_ready_list = true;
  ready.push_back(connection.slot);
}

void Context::MarkReady(const std::shared_ptr<DatagramEndpoint>& endpoint) {
  if (endpoint->in_ready_list) return;
  endpoint->in_ready_list = true;
  ready_endpoints.push_back(endpoint);
}

}  // namespace hp::net
