// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace hp::net {

// Less room than this at the end of a block is not worth a large receive.
inline constexpr std::size_t kLeastBulkRoom = 32 << 10;

// Where received bytes go. The bridge to JavaScript implements it: inline
// straight into JavaScript's memory, threaded into blocks of its own.
class ReceiveMemory {
 public:
  struct Request {
    std::size_t limit;  // at most this much
    bool bulk;          // this connection's last receive was large
    bool borrowed;      // the bytes are read during the callback only
  };
  struct Place {
    std::uint32_t block;
    std::uint32_t offset;
  };

  virtual ~ReceiveMemory() = default;

  // Whether Reserve() would give some. While it would not, the reactor sleeps
  // until it is woken.
  virtual bool HasRoom() const = 0;
  // Memory for one receive; empty when there is none before the next batch.
  virtual std::span<std::byte> Reserve(const Request& request) = 0;
  // Keeps the first `bytes` of what Reserve() gave and says where they are.
  virtual Place Commit(std::size_t bytes) = 0;
  // Keeps a copy of bytes that were received elsewhere; nothing where there is no
  // room before the next batch.
  virtual std::optional<Place> Copy(std::span<const std::byte> bytes, bool borrowed) = 0;
};

}  // namespace hp::net
