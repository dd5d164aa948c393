// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "link.h"
#include "tls/wire.h"

namespace hp::tls {
namespace {

std::vector<std::uint8_t> Record(std::size_t size) {
  std::vector<std::uint8_t> record = {23, 3, 3, static_cast<std::uint8_t>(size >> 8),
                                      static_cast<std::uint8_t>(size)};
  record.resize(5 + size, 0x17);
  return record;
}

TEST(RecordCounter, CountsNothingAtFirst) {
  RecordCounter counter;
  counter.Count({});
  EXPECT_EQ(counter.count(), 0U);
}

TEST(RecordCounter, CountsARecordByItsHead) {
  RecordCounter counter;
  const auto record = Record(10);
  counter.Count(Bytes(record).first(4));
  EXPECT_EQ(counter.count(), 0U);
  counter.Count(Bytes(record).subspan(4, 1));
  EXPECT_EQ(counter.count(), 1U);
  counter.Count(Bytes(record).subspan(5));
  EXPECT_EQ(counter.count(), 1U);
}

TEST(RecordCounter, CountsRecordsHoweverTheyAreSplit) {
  std::vector<std::uint8_t> stream;
  const std::vector<std::size_t> sizes = {0, 1, 255, 256, 257, 0, 0, 16640, 65535, 3};
  for (const std::size_t size : sizes) {
    const auto record = Record(size);
    stream.insert(stream.end(), record.begin(), record.end());
  }
  std::vector<Split> splits = {Whole(), OneByOne()};
  for (unsigned seed = 0; seed < 20; ++seed) splits.push_back(Randomly(seed));
  for (const Split& split : splits) {
    RecordCounter counter;
    for (Bytes rest = stream; !rest.empty();) {
      const std::size_t count = split(rest.size());
      counter.Count(rest.first(count));
      rest = rest.subspan(count);
    }
    EXPECT_EQ(counter.count(), sizes.size());
  }
}

}  // namespace
}  // namespace hp::tls
