// SPDX-License-Identifier: Apache-2.0
#include "base/buffer_pool.h"

#include <new>

namespace hp {
namespace {

// Chunk is trivially destructible, so handing its storage back is all there is.
void Destroy(Chunk* chunk) { ::operator delete(chunk); }

}  // namespace

BufferPool::~BufferPool() {
  for (Chunk* chunk : small_) Destroy(chunk);
  for (Chunk* chunk : large_) Destroy(chunk);
}

Chunk* BufferPool::Acquire(std::size_t bytes) {
  const bool small = bytes <= kSmallBytes;
  auto& cache = small ? small_ : large_;
  ++in_use_;
  if (!cache.empty()) {
    Chunk* chunk = cache.back();
    cache.pop_back();
    chunk->next = nullptr;
    chunk->begin = chunk->end = 0;
    return chunk;
  }
  const std::uint32_t capacity = small ? kSmallBytes : kLargeBytes;
  void* memory = ::operator new(sizeof(Chunk) + capacity);
  auto* chunk = ::new (memory) Chunk;
  chunk->capacity = capacity;
  return chunk;
}

void BufferPool::set_cache_limit(std::size_t chunks) {
  cache_limit_ = chunks;
  while (cached() > cache_limit_) {
    auto& cache = large_.empty() ? small_ : large_;
    Destroy(cache.back());
    cache.pop_back();
  }
}

void BufferPool::Release(Chunk* chunk) {
  --in_use_;
  if (cached() >= cache_limit_) {
    Destroy(chunk);
    return;
  }
  (chunk->capacity == kSmallBytes ? small_ : large_).push_back(chunk);
}

}  // namespace hp
