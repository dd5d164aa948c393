// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hp::sys {

enum class Reuse : std::uint8_t { kNone = 0, kAddress = 1, kAddressAndPort = 2 };

struct KeepAlive {
  std::uint32_t time_ms = 0;  // idle time before the first probe; 0: no keep-alive
  std::uint32_t interval_ms = 0;
  std::uint32_t count = 0;  // probes without an answer; 0: as many as the system likes
};

// An option the framework does not wrap, in the system's own numbers.
struct RawOption {
  int level = 0;
  int name = 0;
  std::vector<std::byte> value;
};

struct SocketOptions {
  KeepAlive keep_alive;
  bool no_delay = true;
  bool dual_stack = false;  // an IPv6 listener takes IPv4 too
  Reuse reuse = Reuse::kAddress;
  std::uint32_t unsent_limit = 0;          // bytes kept unsent in the kernel; 0: no limit
  bool broadcast = false;                  // datagrams may go to broadcast addresses
  std::uint32_t receive_buffer_bytes = 0;  // of the kernel, for datagrams; 0: its default
  std::uint32_t send_buffer_bytes = 0;
  std::vector<RawOption> raw;  // applied last, in order
};

}  // namespace hp::sys
