// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

#include "latency_histogram.h"
#include "options.h"
#include "server_process.h"

namespace hp::bench {

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;

// After so long without any answer a run is given up.
inline constexpr std::chrono::milliseconds kAnswerDeadline{5'000};
inline constexpr char kNoAnswer[] = "no answer from the server for 5 seconds";

struct Report {
  uint64_t messages = 0;
  double seconds = 0;
  double server_cpu_seconds = 0;
  long server_resident_bytes = 0;
  uint64_t errors = 0;
  uint64_t lost = 0;
  LatencyHistogram latencies;
};

// The course of a run: a warm-up, the window that is measured, and the wait for
// what is then still in flight.
class Measurement {
 public:
  explicit Measurement(const Options& options);

  bool has_begun() const { return phase_ != Phase::kOpening; }

  void Begin();
  // Enters the next phase when its time has come.
  void Advance(Time now);
  Report Finish();

  // How many of the messages wanted may be sent.
  uint32_t TakeFromBudget(uint32_t wanted);
  void Complete(Time granted_at, Time now);
  // The message does not count, another may be sent in its place.
  void Lose();

 private:
  enum class Phase { kOpening, kWarmup, kMeasuring, kDraining };
  struct Totals {
    Time time;
    uint64_t messages = 0;
    double server_cpu_seconds = 0;
  };

  Totals TakeTotals() const;

  std::chrono::milliseconds warmup_;
  std::chrono::milliseconds duration_;
  ServerProcess server_;
  Phase phase_ = Phase::kOpening;
  Totals begin_;
  Totals end_;
  uint64_t messages_ = 0;
  uint64_t budget_;
  Report report_;
};

}  // namespace hp::bench
