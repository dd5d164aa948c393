// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace hp {

// A place in a TimerWheel. Embed one in whatever needs a deadline; its owner
// outlives the time it is armed, and sets `tag` to be recognised by.
struct TimerNode {
  TimerNode* previous = nullptr;
  TimerNode* next = nullptr;
  std::uint64_t deadline_ms = 0;
  std::uint64_t tag = 0;

  bool armed() const { return next != nullptr; }
};

// Deadlines in milliseconds, a hierarchical wheel: arming and cancelling are
// O(1), advancing costs what expires and nothing for what waits.
//
// Never early: a node expires in the first Advance() at or after its deadline;
// one armed for a time that has passed, in the first that moves the time on.
// Owned by one reactor thread.
class TimerWheel {
 public:
  explicit TimerWheel(std::uint64_t now_ms);
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;

  // Arms `node`, or moves it when it was armed.
  void Arm(TimerNode& node, std::uint64_t deadline_ms);
  void Cancel(TimerNode& node);

  // Moves the time on and calls `expire(node)` for every node that is due. The
  // callback may arm and cancel nodes, this one included.
  template <typename Expire>
  void Advance(std::uint64_t now_ms, Expire&& expire) {
    TimerNode due;
    Collect(now_ms, due);
    while (due.next != &due) {
      TimerNode& node = *due.next;
      Cancel(node);
      expire(node);
    }
  }

  // A time at or before the first deadline, and never in the past of it by more
  // than one turn of the level that holds it; nothing when no node is armed.
  std::optional<std::uint64_t> NextWake() const;

  std::size_t armed() const { return armed_; }

 private:
  static constexpr unsigned kLevelBits = 6;
  static constexpr std::uint64_t kBuckets = 1U << kLevelBits;
  // 2^60 ms: no clock gets to where a level above these would be needed.
  static constexpr unsigned kLevels = 10;

  void Insert(TimerNode& node);
  void Collect(std::uint64_t now_ms, TimerNode& due);

  std::array<std::array<TimerNode, kBuckets>, kLevels> buckets_;
  std::array<std::uint64_t, kLevels>
      occupied_{};  // one bit a bucket, may be set for an emptied one
  std::uint64_t now_ms_;
  std::size_t armed_ = 0;
};

}  // namespace hp
