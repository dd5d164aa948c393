// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "base/chunk_queue.h"
#include "base/timer_wheel.h"
#include "net/address_line.h"
#include "net/component.h"
#include "net/datagram_endpoint.h"
#include "net/filter_stream.h"
#include "sys/backend.h"

namespace hp::net {

// A connect under way.
struct ConnectAttempt {
  AddressLine peers;
  sys::Endpoint local;
  sys::SocketOptions options;
  std::string host_name;
  std::uint64_t deadline_ms = 0;  // of all attempts together; 0: none
  ErrorCode last_error = ErrorCode::kAddressNotAvailable;
};

// The bytes of JavaScript's sends that have been carried out, and all that wait
// to be sent. Both wrap around.
struct alignas(std::uint64_t) Progress {
  std::uint32_t submitted = 0;
  std::uint32_t queued = 0;
};
static_assert(std::atomic<Progress>::is_always_lock_free);

// One connection, in a slot of its reactor's table: a TCP connection with its
// socket, or a peer of a datagram endpoint. Owned by the reactor's thread; `id`,
// `component` and `peer` do not change while the slot is in use.
struct Connection {
  enum class State : std::uint8_t {
    kFree,
    kConnecting,
    kOpen,
    kClosed,     // the close has been told; waits for JavaScript to have seen it
    kFlushing,   // seen, and the peer still takes what was queued before it
    kLingering,  // taken, and the peer has yet to end too
    kReleasing,  // the backend has yet to let go of its memory
  };

  // Why nothing is received right now. Receiving goes on when no bit is left.
  enum ReadBlock : std::uint8_t {
    kNotOpened = 1,
    kPaused = 2,
    kCongested = 4,
    kUndelivered = 8,
    kHeld = 16,
  };

  // Whether there may be something to receive, on the socket or in the filter.
  bool has_more() const {
    return readable || (filter != nullptr && filter->has_more()) ||
           (endpoint != nullptr && endpoint->readable);
  }

  // Whether what was sent before may still go out.
  bool may_send() const {
    if (endpoint != nullptr && !endpoint->socket.open()) return false;
    return state == State::kOpen ||
           ((state == State::kClosed || state == State::kFlushing) && flush_after_close);
  }

  // Whether nothing is received any more.
  bool has_ended() const { return end_waits || end_told; }

  // What of the bytes JavaScript has ever sent the system has not taken yet; for
  // JavaScript's thread.
  std::uint32_t Pending(std::uint32_t sent) const {
    const Progress now = progress.load(std::memory_order_relaxed);
    return sent - now.submitted + now.queued;
  }
  std::uint32_t queued() const { return progress.load(std::memory_order_relaxed).queued; }
  // `submitted` bytes more have been carried out, and `queued` more or fewer wait:
  // one store, so that another thread counts none twice, and none too few.
  void Advance(std::uint32_t submitted, std::uint32_t queued) {
    const Progress before = progress.load(std::memory_order_relaxed);
    progress.store({.submitted = before.submitted + submitted, .queued = before.queued + queued},
                   std::memory_order_relaxed);
  }

  void StartClocks(std::uint64_t now_ms) {
    opened_ms = last_send_ms = last_heard_ms = now_ms;
    last_receive_ms.store(now_ms, std::memory_order_relaxed);
  }

  sys::Socket socket;
  std::uint64_t id = 0;
  std::shared_ptr<Component> component;
  std::unique_ptr<ConnectAttempt> attempt;  // while kConnecting
  std::unique_ptr<FilterStream> filter;
  std::shared_ptr<DatagramEndpoint> endpoint;  // of a datagram connection
  ChunkQueue queue;                            // of a stream
  TimerNode timer;
  sys::Endpoint peer;
  sys::Endpoint local;  // what a datagram server's peer wrote to last; family kNone: not known
  std::size_t undelivered = 0;                 // received bytes JavaScript has not handled
  std::atomic<Progress> progress{Progress{}};  // for JavaScript's thread too
  std::uint64_t opened_ms = 0;
  std::atomic<std::uint64_t> last_receive_ms{0};  // for JavaScript's thread too
  std::uint64_t last_send_ms = 0;
  std::uint64_t last_heard_ms = 0;  // datagrams: probes count, as they do not for last_receive_ms
  std::uint64_t probe_ms = 0;       // when a datagram client probes next; 0: never
  std::uint32_t probes = 0;         // of it, without an answer
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
  std::uint32_t first_send = 0;  // offsets of this flush's sends, 0: none
  std::uint32_t last_send = 0;
  State state = State::kFree;
  std::uint8_t read_blocks = 0;
  bool readable = false;  // the backend has more, or has told so while blocked
  bool in_ready_list = false;
  bool ended = false;      // the stream ends behind what is buffered
  bool end_waits = false;  // the end has come, and is not told yet
  bool half_open = false;  // the end is told by itself, sending goes on
  bool end_told = false;
  bool bulk = false;
  bool borrowed = false;      // received bytes are read during the batch only
  bool send_pending = false;  // a kSent will come
  bool ending = false;        // finish sending once the queue is empty
  bool finished = false;      // the peer has been told that no more follows
  bool notify_drain = false;
  bool flush_after_close = false;  // the peer finished in order: it may still read
  // What comes in behind the close is thrown away until the peer ends: it would be
  // answered with a reset, which destroys what the peer has not read yet.
  bool lingers = false;
  bool abort = false;  // close with a reset
  // Datagrams: a client has yet to show itself, a server to answer a probe once
  // JavaScript has accepted.
  bool owes_greeting = false;
};

}  // namespace hp::net
