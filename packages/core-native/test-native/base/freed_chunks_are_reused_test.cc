// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include "base/buffer_pool.h"

namespace hp {
namespace {

TEST(BufferPool, GivesTheSizeThatFits) {
  BufferPool pool(4);
  Chunk* least = pool.Acquire(1);
  Chunk* small = pool.Acquire(BufferPool::kSmallBytes);
  Chunk* large = pool.Acquire(BufferPool::kSmallBytes + 1);
  Chunk* largest = pool.Acquire(1 << 20);
  EXPECT_EQ(least->capacity, BufferPool::kSmallBytes);
  EXPECT_EQ(small->capacity, BufferPool::kSmallBytes);
  EXPECT_EQ(large->capacity, BufferPool::kLargeBytes);
  EXPECT_EQ(largest->capacity, BufferPool::kLargeBytes);
  EXPECT_EQ(pool.in_use(), 4U);
  for (Chunk* chunk : {least, small, large, largest}) pool.Release(chunk);
  EXPECT_EQ(pool.in_use(), 0U);
}

TEST(BufferPool, GivesBackAFreedChunkAsGoodAsNew) {
  BufferPool pool(4);
  Chunk* chunk = pool.Acquire(1);
  Chunk other;
  chunk->next = &other;
  chunk->begin = 5;
  chunk->end = 9;
  pool.Release(chunk);
  EXPECT_EQ(pool.cached(), 1U);
  Chunk* again = pool.Acquire(1);
  EXPECT_EQ(again, chunk);
  EXPECT_EQ(again->next, nullptr);
  EXPECT_EQ(again->size(), 0U);
  EXPECT_EQ(again->room(), BufferPool::kSmallBytes);
  EXPECT_EQ(pool.cached(), 0U);
  pool.Release(again);
}

TEST(BufferPool, KeepsNoMoreThanItsLimitAfterABurst) {
  BufferPool pool(3);
  std::vector<Chunk*> chunks;
  for (int i = 0; i < 20; ++i) chunks.push_back(pool.Acquire(i % 2 == 0 ? 1 : 10'000));
  for (Chunk* chunk : chunks) pool.Release(chunk);
  EXPECT_EQ(pool.cached(), 3U);
  EXPECT_EQ(pool.in_use(), 0U);
}

TEST(BufferPool, KeepsNothingWhenItsLimitIsZero) {
  BufferPool pool(0);
  pool.Release(pool.Acquire(1));
  EXPECT_EQ(pool.cached(), 0U);
}

}  // namespace
}  // namespace hp
