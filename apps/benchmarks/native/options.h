// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <sys/types.h>

namespace hp::bench {

enum class Transport { kTcp, kTls, kUdp };
enum class Mode { kEcho, kChurn, kIdle, kHandshake };
enum class Session { kNew, kResumed };

struct Options {
  Transport transport = Transport::kTcp;
  Mode mode = Mode::kEcho;
  Session session = Session::kNew;  // with TLS
  std::string host = "127.0.0.1";
  uint16_t port = 0;
  uint32_t connections = 1;  // with UDP: sockets
  uint32_t outstanding = 1;  // messages in flight per connection
  uint32_t burst = 1;        // messages written at once
  size_t size = 64;          // bytes per message
  bool framed = false;       // messages begin with the length of the rest
  uint32_t rate = 0;         // handshakes per second
  uint32_t warmup_ms = 0;
  uint32_t duration_ms = 0;  // 0: until `messages`
  uint64_t messages = 0;     // 0: until `duration_ms`
  pid_t server_pid = 0;      // 0: the server's CPU time and memory are not read
};

extern const char kUsage[];

// Throws std::invalid_argument that names the option.
Options ParseOptions(int argc, char** argv);

}  // namespace hp::bench
