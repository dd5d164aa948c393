// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "net/event.h"

namespace hp::net {

// One peer that asks, is answered within the turn, and asks again microseconds
// later. To go to sleep between its questions and to be woken takes longer than
// that, so that it pays to stay awake for the next one. With any other traffic
// it does not: there is more work already, or the next event is too far off.
// Belongs to the reactor's thread.
class Conversation {
 public:
  using Clock = std::chrono::steady_clock;
  using Time = Clock::time_point;
  // The longest pause that is stayed awake for.
  static constexpr std::chrono::microseconds kLongestPause{25};
  // Questions in a row, each soon after the last answer, that make a conversation.
  static constexpr std::uint32_t kConvincing = 8;

  // A turn has told `events`; something was sent in answer, or nothing was.
  void Told(std::span<const Event> events, bool answered) {
    const bool asked = events.size() == 1 && events[0].kind == EventKind::kReceive;
    if (!asked || events[0].slot != slot_) questions_ = 0;
    slot_ = asked && answered ? events[0].slot : kNobody;
  }
  // Whether the last turn was a question and an answer: nothing else has to be timed.
  bool HasAnswered() const { return slot_ != kNobody; }
  // There is nothing left to do.
  void Pause(Time now) { paused_at_ = now; }
  // Something has happened.
  void Resume(Time now) { questions_ = now - paused_at_ <= kLongestPause ? questions_ + 1 : 0; }
  // Nothing has, for too long.
  void End() { questions_ = 0; }

  bool ExpectsQuestion() const { return questions_ >= kConvincing; }
  // Until when to stay awake.
  Time Deadline() const { return paused_at_ + kLongestPause; }

 private:
  static constexpr std::uint32_t kNobody = 0xffff'ffff;

  std::uint32_t slot_ = kNobody;
  std::uint32_t questions_ = 0;
  Time paused_at_;
};

}  // namespace hp::net
