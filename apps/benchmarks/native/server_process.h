// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ctime>

#include <sys/types.h>

namespace hp::bench {

// Reads what another process has used so far. With pid 0 it reads nothing and answers 0.
class ServerProcess {
 public:
  explicit ServerProcess(pid_t pid);

  // User and system time in seconds, exact to the nanosecond, of every thread
  // the process ever had: the process clock also counts those that have ended.
  double CpuSeconds() const;
  long ResidentBytes() const;

 private:
  pid_t pid_;
  clockid_t cpu_clock_ = 0;
};

}  // namespace hp::bench
