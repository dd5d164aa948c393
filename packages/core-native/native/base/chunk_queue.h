// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/buffer_pool.h"

namespace hp {

// Outbound bytes of one connection, in the order the caller sent them.
//
// Owned by the connection's reactor thread; nothing here locks. A short write
// is normal: Consume() is told how much was taken and keeps the rest. An empty
// queue owns no memory.
class ChunkQueue {
 public:
  ChunkQueue() = default;
  ChunkQueue(const ChunkQueue&) = delete;
  ChunkQueue& operator=(const ChunkQueue&) = delete;

  // Copies `bytes` to the end of the queue.
  void Append(std::span<const std::byte> bytes, BufferPool& pool);

  // Gives at least one byte of writable memory at the end of the queue, for
  // producers that write in place; Commit() says how much was written.
  std::span<std::byte> Reserve(std::size_t bytes, BufferPool& pool);
  void Commit(std::size_t bytes);

  // Fills `parts` with the front of the queue; returns how many were filled.
  std::size_t Gather(std::span<std::span<const std::byte>> parts) const;
  void Consume(std::size_t bytes, BufferPool& pool);
  void Clear(BufferPool& pool);

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  Chunk* head_ = nullptr;
  Chunk* tail_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace hp
