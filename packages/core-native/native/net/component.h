// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "hp/stream_filter.h"
#include "sys/socket_options.h"

namespace hp::net {

enum class SendPolicy : std::uint8_t { kPack = 0, kSafe = 1, kDirect = 2 };

enum class IdleMeasure : std::uint8_t { kReceive = 0, kSend = 1, kBoth = 2 };

// What a component over datagrams asks besides.
struct DatagramSettings {
  std::uint32_t max_bytes = 1432;     // of one datagram
  std::uint32_t receives = 64;        // asked of the system at a time
  std::uint32_t detect_attempts = 0;  // either 0: nobody is probed, and nobody found dead
  std::uint32_t detect_interval_ms = 0;
  bool close_notify = false;  // ends are told to the peer, and believed
};

// What a Server, Agent or Client asks of its connections. Fixed while it runs.
struct ComponentSettings {
  sys::SocketOptions socket;
  DatagramSettings datagrams;
  std::uint32_t receive_limit = 65536;  // largest receive, in bytes
  std::uint32_t high_water_mark = 1 << 20;
  std::uint32_t low_water_mark = 256 << 10;
  std::uint32_t accept_count = 64;
  std::uint32_t max_connections = 0;  // 0: no limit
  std::uint32_t idle_timeout_ms = 0;  // 0: none
  std::uint32_t max_lifetime_ms = 0;  // 0: none
  std::uint32_t connect_timeout_ms = 0;
  IdleMeasure idle_measure = IdleMeasure::kReceive;
  SendPolicy send_policy = SendPolicy::kPack;
  bool pause_reads_when_congested = false;
  bool opens_by_itself = false;  // receiving need not wait for the listener
  bool tells_sends = false;
  bool tells_rejects = false;
  bool borrowed_receive = false;
  std::optional<HpStreamFilter> filter;  // of every connection
};

// A number that one thread counts up and any thread reads.
class Counter {
 public:
  void Add(std::uint64_t amount) {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  void Subtract(std::uint64_t amount) { Add(0 - amount); }
  void Set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  std::uint64_t Read() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// Counted by one reactor for one component.
struct alignas(64) Counters {
  Counter accepted;
  Counter connected;
  Counter closed;
  Counter rejected;
  Counter accept_pauses;
  Counter receives;
  Counter bytes_received;
  Counter sends;
  Counter bytes_sent;
  Counter receive_calls;
  Counter send_calls;
  Counter read_pauses;
  Counter heartbeats;         // datagrams of no bytes received
  Counter dropped_datagrams;  // received and told to nobody, or not sent for want of memory
  Counter queued_bytes;       // right now
};

// What the reactors of one Server, Agent or Client share.
class Component : public std::enable_shared_from_this<Component> {
 public:
  Component(std::uint32_t index, ComponentSettings settings, std::size_t reactors,
            std::uint64_t first_id)
      : index_(index),
        settings_(std::move(settings)),
        reactors_(reactors),
        counters_(std::make_unique<Counters[]>(reactors)),
        next_id_(first_id) {
    if (settings_.filter) settings_.filter->retain(settings_.filter->context);
  }
  ~Component() {
    if (settings_.filter) settings_.filter->release(settings_.filter->context);
  }
  Component(const Component&) = delete;
  Component& operator=(const Component&) = delete;

  // What a connection holds on to: one that still sends its last bytes may be there
  // when nobody else has the component any more.
  std::shared_ptr<Component> Hold() { return {weak_from_this().lock(), this}; }

  std::uint32_t index() const { return index_; }
  const ComponentSettings& settings() const { return settings_; }
  std::size_t reactors() const { return reactors_; }
  Counters& counters(std::size_t reactor) { return counters_[reactor]; }

  // Connection ids start at 1 and are never used twice, restarts included.
  std::uint64_t TakeId() { return next_id_.fetch_add(1, std::memory_order_relaxed); }
  std::uint64_t next_id() const { return next_id_.load(std::memory_order_relaxed); }

  std::atomic<std::uint32_t>& connection_count() { return connection_count_; }
  const std::atomic<std::uint32_t>& connection_count() const { return connection_count_; }

 private:
  std::uint32_t index_;
  ComponentSettings settings_;
  std::size_t reactors_;
  std::unique_ptr<Counters[]> counters_;
  std::atomic<std::uint64_t> next_id_;
  std::atomic<std::uint32_t> connection_count_{0};
};

}  // namespace hp::net
