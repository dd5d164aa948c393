// SPDX-License-Identifier: Apache-2.0
#include "base/chunk_queue.h"

#include <algorithm>
#include <cstring>

namespace hp {

std::span<std::byte> ChunkQueue::Reserve(std::size_t bytes, BufferPool& pool) {
  if (tail_ == nullptr || tail_->room() == 0) {
    Chunk* chunk = pool.Acquire(bytes);
    (tail_ == nullptr ? head_ : tail_->next) = chunk;
    tail_ = chunk;
  }
  return {tail_->data() + tail_->end, tail_->room()};
}

void ChunkQueue::Commit(std::size_t bytes) {
  tail_->end += static_cast<std::uint32_t>(bytes);
  size_ += bytes;
}

void ChunkQueue::Append(std::span<const std::byte> bytes, BufferPool& pool) {
  while (!bytes.empty()) {
    const std::span<std::byte> room = Reserve(bytes.size(), pool);
    const std::size_t count = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), count);
    Commit(count);
    bytes = bytes.subspan(count);
  }
}

std::size_t ChunkQueue::Gather(std::span<std::span<const std::byte>> parts) const {
  std::size_t count = 0;
  for (Chunk* chunk = head_; chunk != nullptr && count < parts.size(); chunk = chunk->next) {
    if (chunk->size() != 0) parts[count++] = chunk->bytes();
  }
  return count;
}

void ChunkQueue::Consume(std::size_t bytes, BufferPool& pool) {
  size_ -= bytes;
  while (head_ != nullptr) {
    const std::size_t count = std::min<std::size_t>(head_->size(), bytes);
    head_->begin += static_cast<std::uint32_t>(count);
    bytes -= count;
    if (head_->size() != 0) return;
    Chunk* spent = head_;
    head_ = spent->next;
    pool.Release(spent);
  }
  tail_ = nullptr;
}

void ChunkQueue::Clear(BufferPool& pool) { Consume(size_, pool); }

}  // namespace hp
