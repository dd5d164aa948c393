// SPDX-License-Identifier: Apache-2.0
#include "measurement.h"

#include <algorithm>
#include <limits>

namespace hp::bench {

Measurement::Measurement(const Options& options)
    : warmup_(options.warmup_ms),
      duration_(options.duration_ms),
      server_(options.server_pid),
      budget_(options.messages > 0 ? options.messages : std::numeric_limits<uint64_t>::max()) {}

void Measurement::Begin() {
  phase_ = Phase::kWarmup;
  begin_ = TakeTotals();
  Advance(begin_.time);
}

void Measurement::Advance(Time now) {
  const auto passed = now - begin_.time;
  if (phase_ == Phase::kWarmup && passed >= warmup_) {
    phase_ = Phase::kMeasuring;
    begin_ = TakeTotals();
  } else if (phase_ == Phase::kMeasuring && duration_.count() > 0 && passed >= duration_) {
    phase_ = Phase::kDraining;
    end_ = TakeTotals();
  }
}

Report Measurement::Finish() {
  if (phase_ != Phase::kDraining) end_ = TakeTotals();
  report_.messages = end_.messages - begin_.messages;
  report_.seconds = std::chrono::duration<double>(end_.time - begin_.time).count();
  report_.server_cpu_seconds = end_.server_cpu_seconds - begin_.server_cpu_seconds;
  report_.server_resident_bytes = server_.ResidentBytes();
  return report_;
}

uint32_t Measurement::TakeFromBudget(uint32_t wanted) {
  if (phase_ == Phase::kDraining) return 0;
  const auto taken = static_cast<uint32_t>(std::min<uint64_t>(wanted, budget_));
  budget_ -= taken;
  return taken;
}

void Measurement::Complete(Time granted_at, Time now) {
  ++messages_;
  if (phase_ != Phase::kMeasuring) return;
  report_.latencies.Record(
      static_cast<uint64_t>(std::chrono::nanoseconds(now - granted_at).count()));
}

void Measurement::Lose() {
  ++budget_;
  if (phase_ == Phase::kMeasuring) ++report_.lost;
}

Measurement::Totals Measurement::TakeTotals() const {
  return {Clock::now(), messages_, server_.CpuSeconds()};
}

}  // namespace hp::bench
