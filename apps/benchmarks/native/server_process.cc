// SPDX-License-Identifier: Apache-2.0
#include "server_process.h"

#include <fstream>
#include <stdexcept>
#include <string>

#include <unistd.h>

#include "sockets.h"

namespace hp::bench {

ServerProcess::ServerProcess(pid_t pid) : pid_(pid) {
  if (pid_ != 0 && clock_getcpuclockid(pid_, &cpu_clock_) != 0) {
    throw std::runtime_error("no process " + std::to_string(pid_));
  }
}

double ServerProcess::CpuSeconds() const {
  if (pid_ == 0) return 0;
  timespec used{};
  if (clock_gettime(cpu_clock_, &used) < 0) ThrowErrno("clock_gettime");
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

long ServerProcess::ResidentBytes() const {
  if (pid_ == 0) return 0;
  std::ifstream statm("/proc/" + std::to_string(pid_) + "/statm");
  long total = 0;
  long resident = 0;
  statm >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

}  // namespace hp::bench
