// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>

#include "net/connection.h"
#include "net/receive_memory.h"

namespace hp::net {

// The memory received bytes go to, within two bounds: a budget per turn, so
// that what is received is still in the cache when JavaScript reads it, and a
// limit per connection on what waits for JavaScript.
class Intake {
 public:
  // `undelivered_limit`: see Reactor::Limits.
  Intake(ReceiveMemory& memory, std::size_t undelivered_limit)
      : memory_(memory), undelivered_limit_(undelivered_limit) {}

  void BeginTurn() { budget_ = kBytesPerTurn; }
  // Whether this turn receives any more.
  bool HasBudget() const { return budget_ != 0; }
  // Whether there would be memory in the next one.
  bool HasMemory() const { return memory_.HasRoom(); }

  // Memory for one receive; empty when this turn has no more.
  std::span<std::byte> Reserve(const Connection& connection);
  // Keeps what was written there.
  ReceiveMemory::Place Commit(Connection& connection, std::size_t bytes);
  // Keeps a copy; nothing where there is no memory before the next batch: this
  // turn receives no more then.
  std::optional<ReceiveMemory::Place> Copy(Connection& connection,
                                           std::span<const std::byte> bytes);
  // What is received and not told is work too.
  void Spend(std::size_t bytes) { budget_ -= std::min(budget_, bytes); }

  // Whether the connection has as much waiting for JavaScript as it may have.
  bool IsFull(const Connection& connection) const {
    return undelivered_limit_ != 0 && connection.undelivered > undelivered_limit_;
  }
  // JavaScript has handled `bytes`. Returns true when receiving may go on.
  bool Delivered(Connection& connection, std::size_t bytes);

 private:
  static constexpr std::size_t kBytesPerTurn = 256 << 10;
  static constexpr std::size_t kBulkBytes = 16 << 10;

  ReceiveMemory& memory_;
  std::size_t undelivered_limit_;
  std::size_t budget_ = 0;
};

}  // namespace hp::net
