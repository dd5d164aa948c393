// SPDX-License-Identifier: Apache-2.0
#include "base/timer_wheel.h"

#include <algorithm>
#include <bit>

namespace hp {
namespace {

void Link(TimerNode& before, TimerNode& node) {
  node.previous = before.previous;
  node.next = &before;
  before.previous->next = &node;
  before.previous = &node;
}

void Unlink(TimerNode& node) {
  node.previous->next = node.next;
  node.next->previous = node.previous;
  node.previous = node.next = nullptr;
}

void MakeEmptyList(TimerNode& head) { head.previous = head.next = &head; }
bool IsEmptyList(const TimerNode& head) { return head.next == &head; }

}  // namespace

TimerWheel::TimerWheel(std::uint64_t now_ms) : now_ms_(now_ms) {
  for (auto& level : buckets_) std::for_each(level.begin(), level.end(), MakeEmptyList);
}

void TimerWheel::Arm(TimerNode& node, std::uint64_t deadline_ms) {
  if (node.armed()) Cancel(node);
  node.deadline_ms = deadline_ms;
  ++armed_;
  Insert(node);
}

void TimerWheel::Cancel(TimerNode& node) {
  if (!node.armed()) return;
  Unlink(node);
  --armed_;
}

// A deadline lives on the level of the highest digit (of kLevelBits bits) in
// which it differs from the present, in the bucket of that digit. So on every
// level only buckets after the present one are in use, and all of a lower level
// are due before any of a higher one.
void TimerWheel::Insert(TimerNode& node) {
  constexpr std::uint64_t kHorizon = (1ULL << (kLevelBits * kLevels)) - 1;
  const std::uint64_t last = now_ms_ | kHorizon;
  const std::uint64_t at = std::min(std::max(node.deadline_ms, now_ms_ + 1), last);
  const unsigned bits = 63U - static_cast<unsigned>(std::countl_zero((at ^ now_ms_) | 1U));
  const unsigned level = std::min(bits / kLevelBits, kLevels - 1);
  const std::uint64_t bucket = (at >> (level * kLevelBits)) % kBuckets;
  Link(buckets_[level][bucket], node);
  occupied_[level] |= 1ULL << bucket;
}

std::optional<std::uint64_t> TimerWheel::NextWake() const {
  if (armed_ == 0) return std::nullopt;
  for (unsigned level = 0; level < kLevels; ++level) {
    const unsigned shift = level * kLevelBits;
    const std::uint64_t present = (now_ms_ >> shift) % kBuckets;
    std::uint64_t later = occupied_[level] & ~((2ULL << present) - 1);
    for (; later != 0; later &= later - 1) {
      const auto bucket = static_cast<std::uint64_t>(std::countr_zero(later));
      if (IsEmptyList(buckets_[level][bucket])) continue;
      const std::uint64_t turn = now_ms_ >> shift >> kLevelBits << kLevelBits;
      return (turn | bucket) << shift;
    }
  }
  return std::nullopt;
}

void TimerWheel::Collect(std::uint64_t now_ms, TimerNode& due) {
  MakeEmptyList(due);
  for (auto wake = NextWake(); wake && *wake <= now_ms; wake = NextWake()) {
    now_ms_ = *wake;
    for (unsigned level = 0; level < kLevels; ++level) {
      const unsigned shift = level * kLevelBits;
      if ((now_ms_ & ((1ULL << shift) - 1)) != 0) break;
      const std::uint64_t bucket = (now_ms_ >> shift) % kBuckets;
      TimerNode& head = buckets_[level][bucket];
      occupied_[level] &= ~(1ULL << bucket);
      while (!IsEmptyList(head)) {
        TimerNode& node = *head.next;
        Unlink(node);
        if (node.deadline_ms <= now_ms_) {
          Link(due, node);
        } else {
          Insert(node);
        }
      }
    }
  }
  now_ms_ = std::max(now_ms_, now_ms);
}

}  // namespace hp
