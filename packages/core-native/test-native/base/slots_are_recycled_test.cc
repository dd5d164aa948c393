// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

#include "base/slot_table.h"

namespace hp {
namespace {

TEST(SlotTable, CountsUpFromZero) {
  SlotTable<int> table;
  EXPECT_EQ(table.Allocate(), 0U);
  EXPECT_EQ(table.Allocate(), 1U);
  EXPECT_EQ(table.Allocate(), 2U);
  EXPECT_EQ(table.bound(), 3U);
  EXPECT_EQ(table.in_use(), 3U);
}

TEST(SlotTable, ReusesTheNewestFreedSlotFirst) {
  SlotTable<int> table;
  for (int i = 0; i < 4; ++i) table.Allocate();
  table.Free(1);
  table.Free(3);
  EXPECT_EQ(table.in_use(), 2U);
  EXPECT_EQ(table.Allocate(), 3U);
  EXPECT_EQ(table.Allocate(), 1U);
  EXPECT_EQ(table.Allocate(), 4U);
}

TEST(SlotTable, NeverMovesAnObject) {
  SlotTable<int, 4> table;
  std::vector<int*> addresses;
  for (int i = 0; i < 50; ++i) {
    const auto slot = table.Allocate();
    table[slot] = i;
    addresses.push_back(&table[slot]);
  }
  for (std::uint32_t slot = 0; slot < 50; ++slot) {
    EXPECT_EQ(&table[slot], addresses[slot]);
    EXPECT_EQ(table[slot], static_cast<int>(slot));
  }
}

TEST(SlotTable, NeverGivesASlotTwice) {
  SlotTable<int, 8> table;
  std::set<std::uint32_t> in_use;
  std::size_t most = 0;
  std::mt19937 random(7);
  for (int step = 0; step < 20'000; ++step) {
    if (in_use.empty() || random() % 2 == 0) {
      EXPECT_TRUE(in_use.insert(table.Allocate()).second);
      most = std::max(most, in_use.size());
    } else {
      auto victim = std::next(in_use.begin(), static_cast<long>(random() % in_use.size()));
      table.Free(*victim);
      in_use.erase(victim);
    }
    ASSERT_EQ(table.in_use(), in_use.size());
    // Dense: there is never a slot more than were in use at one time.
    ASSERT_EQ(table.bound(), most);
  }
}

TEST(SlotTable, TrimGivesBackWhatNobodyUsesAtTheEnd) {
  SlotTable<int, 4> table;
  for (int i = 0; i < 100; ++i) table.Allocate();
  EXPECT_EQ(table.bound(), 100U);
  table.Trim(0);
  EXPECT_EQ(table.bound(), 100U);
  for (std::uint32_t slot = 5; slot < 100; ++slot) table.Free(slot);
  table.Trim(1000);
  EXPECT_EQ(table.bound(), 100U);
  table.Trim(0);
  // The segment with the last slot in use stays whole.
  EXPECT_EQ(table.bound(), 12U);
  EXPECT_EQ(table.in_use(), 5U);
  for (int i = 0; i < 50; ++i) table.Allocate();
  EXPECT_EQ(table.in_use(), 55U);
  EXPECT_EQ(table.bound(), 55U);
}

// Counts how many of it there are.
struct Counted {
  Counted() { ++count; }
  ~Counted() { --count; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  static inline int count = 0;
};

TEST(SlotTable, ConstructsAndDestroysEachObjectOnce) {
  {
    SlotTable<Counted, 4> table;
    EXPECT_EQ(Counted::count, 0);
    for (int i = 0; i < 30; ++i) table.Allocate();
    EXPECT_EQ(Counted::count, 30);
    for (std::uint32_t slot = 0; slot < 30; ++slot) table.Free(slot);
    EXPECT_EQ(Counted::count, 30);
    table.Trim(0);
    EXPECT_EQ(Counted::count, 4);
    for (int i = 0; i < 30; ++i) table.Allocate();
    EXPECT_EQ(Counted::count, 30);
  }
  EXPECT_EQ(Counted::count, 0);
}

TEST(SlotTable, NeverGivesASlotTwiceWhileItIsTrimmed) {
  SlotTable<int, 4> table;
  std::set<std::uint32_t> in_use;
  std::mt19937 random(3);
  for (int step = 0; step < 50'000; ++step) {
    // Grows and shrinks in long waves.
    const bool grows = (step / 500) % 2 == 0 ? random() % 4 != 0 : random() % 4 == 0;
    if (in_use.empty() || grows) {
      const auto slot = table.Allocate();
      ASSERT_TRUE(in_use.insert(slot).second);
      table[slot] = static_cast<int>(slot);
    } else {
      auto victim = std::next(in_use.begin(), static_cast<long>(random() % in_use.size()));
      ASSERT_EQ(table[*victim], static_cast<int>(*victim));
      table.Free(*victim);
      in_use.erase(victim);
    }
    if (random() % 16 == 0) table.Trim(random() % 64);
    ASSERT_EQ(table.in_use(), in_use.size());
    ASSERT_TRUE(in_use.empty() || *in_use.rbegin() < table.bound());
  }
}

}  // namespace
}  // namespace hp
