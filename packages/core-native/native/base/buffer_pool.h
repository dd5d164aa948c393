// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hp {

// A piece of outbound memory: this header, then `capacity` bytes.
struct Chunk {
  Chunk* next = nullptr;
  std::uint32_t capacity = 0;
  std::uint32_t begin = 0;  // first byte not yet consumed
  std::uint32_t end = 0;    // one past the last byte written

  std::byte* data() { return reinterpret_cast<std::byte*>(this + 1); }
  std::uint32_t size() const { return end - begin; }
  std::uint32_t room() const { return capacity - end; }
  std::span<const std::byte> bytes() { return {data() + begin, size()}; }
};

// Keeps freed chunks for reuse, up to a number set by the user; what is beyond
// goes back to the allocator, so that memory returns to its base after a burst.
//
// Owned by one reactor thread. Two sizes: a small one, so that a slow reader
// owed a few bytes stays cheap, and a large one for bulk.
class BufferPool {
 public:
  static constexpr std::uint32_t kSmallBytes = 2048 - sizeof(Chunk);
  static constexpr std::uint32_t kLargeBytes = 65536 - sizeof(Chunk);

  explicit BufferPool(std::size_t cache_limit) : cache_limit_(cache_limit) {}
  ~BufferPool();
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  // Returns an empty chunk, small if `bytes` fits one, else large.
  Chunk* Acquire(std::size_t bytes);
  void Release(Chunk* chunk);

  // What is beyond the new limit goes back to the allocator.
  void set_cache_limit(std::size_t chunks);
  std::size_t cached() const { return small_.size() + large_.size(); }
  std::size_t in_use() const { return in_use_; }

 private:
  std::vector<Chunk*> small_;
  std::vector<Chunk*> large_;
  std::size_t cache_limit_;
  std::size_t in_use_ = 0;
};

}  // namespace hp
