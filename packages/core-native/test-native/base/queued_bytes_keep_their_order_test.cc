// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <random>
#include <string>
#include <string_view>

#include "base/chunk_queue.h"

namespace hp {
namespace {

std::span<const std::byte> AsBytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::string Front(const ChunkQueue& queue) {
  std::array<std::span<const std::byte>, 1024> parts;
  std::string bytes;
  const std::size_t count = queue.Gather(parts);
  for (const auto& part : std::span(parts).first(count)) {
    bytes.append(reinterpret_cast<const char*>(part.data()), part.size());
  }
  return bytes;
}

std::string RandomBytes(std::mt19937& random, std::size_t count) {
  std::string bytes(count, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

struct ChunkQueueTest : ::testing::Test {
  ~ChunkQueueTest() override {
    queue.Clear(pool);
    EXPECT_EQ(pool.in_use(), 0U);
  }
  BufferPool pool{8};
  ChunkQueue queue;
};

TEST_F(ChunkQueueTest, OwnsNoMemoryWhenEmpty) {
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(pool.in_use(), 0U);
  queue.Append({}, pool);
  EXPECT_EQ(pool.in_use(), 0U);
  queue.Append(AsBytes("bytes"), pool);
  queue.Consume(5, pool);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(pool.in_use(), 0U);
}

TEST_F(ChunkQueueTest, KeepsWhatAShortWriteLeft) {
  queue.Append(AsBytes("abc"), pool);
  queue.Append(AsBytes("defgh"), pool);
  queue.Consume(4, pool);
  EXPECT_EQ(Front(queue), "efgh");
  EXPECT_EQ(queue.size(), 4U);
}

TEST_F(ChunkQueueTest, ConsumingNothingChangesNothing) {
  queue.Consume(0, pool);
  queue.Append(AsBytes("abc"), pool);
  queue.Consume(0, pool);
  EXPECT_EQ(Front(queue), "abc");
}

TEST_F(ChunkQueueTest, FillsChunksToTheirEnd) {
  const std::string bytes(3 * BufferPool::kLargeBytes, 'x');
  for (std::size_t at = 0; at < bytes.size(); at += 1000) {
    queue.Append(AsBytes(bytes).subspan(at, std::min<std::size_t>(1000, bytes.size() - at)), pool);
  }
  EXPECT_EQ(queue.size(), bytes.size());
  const std::size_t least = bytes.size() / BufferPool::kSmallBytes;
  EXPECT_LE(pool.in_use(), least + 1);
}

TEST_F(ChunkQueueTest, GathersNoMorePartsThanAskedFor) {
  queue.Append(AsBytes(std::string(5 * BufferPool::kLargeBytes, 'x')), pool);
  std::array<std::span<const std::byte>, 2> parts;
  EXPECT_EQ(queue.Gather(parts), 2U);
  EXPECT_EQ(parts[0].size() + parts[1].size(), 2 * BufferPool::kLargeBytes);
}

TEST_F(ChunkQueueTest, BytesWrittenInPlaceFollowThoseAppended) {
  queue.Append(AsBytes("head "), pool);
  const std::span<std::byte> room = queue.Reserve(16, pool);
  ASSERT_FALSE(room.empty());
  std::memcpy(room.data(), "tail", 4);
  EXPECT_EQ(queue.size(), 5U);
  queue.Commit(4);
  EXPECT_EQ(Front(queue), "head tail");
}

TEST_F(ChunkQueueTest, AReservationNobodyUsedLeavesNoBytes) {
  EXPECT_FALSE(queue.Reserve(100, pool).empty());
  queue.Commit(0);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(Front(queue), "");
  queue.Append(AsBytes("after"), pool);
  EXPECT_EQ(Front(queue), "after");
}

TEST_F(ChunkQueueTest, BehavesAsAStringThatIsAppendedToAndCut) {
  std::mt19937 random(42);
  std::string model;
  for (int step = 0; step < 20'000; ++step) {
    const std::size_t scale = std::size_t{1} << random() % 18;
    switch (random() % 4) {
      case 0: {
        const std::string bytes =
            RandomBytes(random, random() % std::min<std::size_t>(scale, 9000));
        queue.Append(AsBytes(bytes), pool);
        model += bytes;
        break;
      }
      case 1: {
        const std::span<std::byte> room = queue.Reserve(1 + random() % scale, pool);
        ASSERT_FALSE(room.empty());
        const std::string bytes =
            RandomBytes(random, random() % (std::min<std::size_t>(room.size(), 500) + 1));
        std::memcpy(room.data(), bytes.data(), bytes.size());
        queue.Commit(bytes.size());
        model += bytes;
        break;
      }
      case 2:
      case 3: {
        const std::size_t count = std::min(model.size(), random() % scale);
        queue.Consume(count, pool);
        model.erase(0, count);
        break;
      }
    }
    ASSERT_EQ(queue.size(), model.size());
    if (step % 16 == 0) {
      ASSERT_EQ(Front(queue), model);
    }
  }
}

}  // namespace
}  // namespace hp
