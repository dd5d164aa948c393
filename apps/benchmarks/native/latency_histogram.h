// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace hp::bench {

// Latencies in nanoseconds, each kept to within 1 %: every power of two is
// divided into 128 buckets, so recording is a shift and an increment.
class LatencyHistogram {
 public:
  void Record(uint64_t nanoseconds) {
    ++counts_[BucketOf(nanoseconds)];
    ++total_;
    max_ = std::max(max_, nanoseconds);
  }

  double QuantileMicroseconds(double quantile) const {
    const auto rank = static_cast<uint64_t>(quantile * static_cast<double>(total_));
    uint64_t seen = 0;
    for (size_t bucket = 0; bucket < counts_.size(); ++bucket) {
      seen += counts_[bucket];
      if (seen > rank) return std::min(MiddleOf(bucket), static_cast<double>(max_)) / 1000;
    }
    return MaxMicroseconds();
  }

  double MaxMicroseconds() const { return static_cast<double>(max_) / 1000; }

 private:
  static constexpr int kPrecisionBits = 7;
  static constexpr uint64_t kBucketsPerPower = 1 << kPrecisionBits;

  static size_t BucketOf(uint64_t value) {
    if (value < kBucketsPerPower) return value;
    const int shift = static_cast<int>(std::bit_width(value)) - 1 - kPrecisionBits;
    return static_cast<size_t>(shift + 1) * kBucketsPerPower +
           ((value >> shift) - kBucketsPerPower);
  }

  static double MiddleOf(size_t bucket) {
    if (bucket < kBucketsPerPower) return static_cast<double>(bucket);
    const size_t shift = bucket / kBucketsPerPower - 1;
    const uint64_t lowest = (kBucketsPerPower + bucket % kBucketsPerPower) << shift;
    return static_cast<double>(lowest) + static_cast<double>(1ULL << shift) / 2;
  }

  std::array<uint64_t, (64 - kPrecisionBits + 1) * kBucketsPerPower> counts_{};
  uint64_t total_ = 0;
  uint64_t max_ = 0;
};

}  // namespace hp::bench
