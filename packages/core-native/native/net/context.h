// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/buffer_pool.h"
#include "base/slot_table.h"
#include "base/timer_wheel.h"
#include "net/connection.h"
#include "net/event.h"
#include "net/intake.h"
#include "sys/backend.h"

namespace hp::net {

// What the parts of one reactor share: its table of connections, its clock and
// the events it has to tell. Belongs to the reactor's thread.
class Context {
 public:
  // How long a connection that is over may take none of what was queued for it.
  static constexpr std::uint64_t kFlushAfterCloseMs = 10'000;

  // What a reactor may keep; see Reactor.
  struct Limits {
    std::size_t cached_chunks = 1024;      // freed chunks kept for reuse
    std::size_t cached_connections = 600;  // places of closed connections, likewise
    // Received bytes of one connection that may wait for JavaScript; 0: no limit.
    std::size_t undelivered_bytes = 0;
  };

  Context(sys::Backend& backend, ReceiveMemory& memory, std::size_t index, const Limits& limits);

  // Finds a live connection by its slot, unless the slot has a new owner.
  Connection* Find(std::uint32_t slot, std::uint64_t id);
  Connection* FindByToken(sys::Token token);

  // Takes a slot for a new connection of `component`.
  Connection& Create(Component& component, std::uint64_t id);
  // Gives the connection a new token: completions of its former socket are
  // then a stranger's.
  void Rename(Connection& connection);

  void Tell(EventKind kind, const Connection& connection, Event details = {.kind = EventKind{}});
  void Tell(EventKind kind, const Component& component, ErrorCode error);

  // Tells what has been received into intake's memory.
  void TellReceived(Connection& connection, std::size_t bytes);
  // Tells what a stream filter has to say: a number and a few bytes. False where
  // there is no room before the next batch.
  bool TellFilter(Connection& connection, std::uint32_t code, std::span<const std::byte> bytes);

  // Tells the close, once. The socket stays until JavaScript has seen it.
  void Close(Connection& connection, Operation operation, ErrorCode error);
  // The peer has ended the stream in order. That is told once JavaScript has
  // handled all that came before, so that its answers are sent first.
  void End(Connection& connection);
  // Both sides have finished, or the peer has and is not awaited: what is queued
  // is sent first.
  void CloseInOrder(Connection& connection);
  // JavaScript has seen the close.
  void CloseSeen(Connection& connection);
  // The system has taken the last bytes of a connection whose close has been seen:
  // lets go of it, or lingers until the peer ends.
  void Depart(Connection& connection);
  // Throws away what has come in for a connection that lingers.
  void Discard(Connection& connection);
  // Closes a socket and keeps count of those the backend has yet to let go of.
  bool CloseSocket(sys::Socket& socket, bool abort);
  // Lets go of the socket and the slot.
  void Release(Connection& connection);
  void FinishRelease(Connection& connection);

  // The system has taken `bytes` of a connection.
  void Sent(Connection& connection, std::size_t bytes);

  // The bytes a connection has yet to send, counted: those of a stream are kept
  // in its queue, those of datagrams by the endpoint. Sends of JavaScript's, of
  // `submitted` bytes, have been carried out, and `waiting` bytes more wait now.
  void Count(Connection& connection, std::size_t submitted, std::size_t waiting);
  void DiscountWaiting(Connection& connection, std::size_t bytes);
  // What waits is not sent any more.
  void DropQueue(Connection& connection);
  void Dequeue(Connection& connection, std::size_t bytes);
  // More waits to be sent, or less: pauses or resumes reading, or tells that there
  // is room, where that is asked for.
  void CheckMarks(Connection& connection);

  void BlockReads(Connection& connection, Connection::ReadBlock reason);
  void UnblockReads(Connection& connection, Connection::ReadBlock reason);
  // The connection is received from in this turn or the next.
  void MarkReady(Connection& connection);
  void MarkReady(const std::shared_ptr<DatagramEndpoint>& endpoint);

  Counters& counters(const Connection& connection) {
    return connection.component->counters(index_);
  }
  Counters& counters(Component& component) { return component.counters(index_); }

  sys::Backend& backend;
  Intake intake;
  SlotTable<Connection> connections;
  BufferPool pool;
  TimerWheel wheel;
  std::vector<Event> events;
  std::vector<std::uint32_t> ready;  // slots, see Connection::in_ready_list
  std::vector<std::shared_ptr<DatagramEndpoint>> ready_endpoints;
  std::uint64_t now_ms;
  std::size_t closing = 0;           // sockets whose kClosed is still to come
  std::atomic<std::size_t> load{0};  // connections, for other threads

 private:
  std::size_t index_;
  std::uint32_t next_generation_ = 1;
};

}  // namespace hp::net
