// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hp/stream_filter.h"

namespace hp::net {

// A stream filter with little in it: the dialling side says kHello, the other
// answers kWelcome, and from then on every byte has one bit flipped. kGoodbye
// ends the stream; kNonsense is an error. It counts what the interface does not
// promise its filters.
class TestFilter {
 public:
  static constexpr char kHello = 'H';
  static constexpr char kWelcome = 'W';
  static constexpr char kGoodbye = '\x04';
  static constexpr char kNonsense = '\x05';

  // The code of a command, and what it makes the filter do.
  static constexpr std::uint32_t kTellBack = 1;     // with code 100
  static constexpr std::uint32_t kSetDeadline = 2;  // in 50 ms
  static constexpr std::uint32_t kFail = 3;
  static constexpr std::uint32_t kWrite = 4;  // the bytes as they are

  HpStreamFilter Functions();
  static std::string Flip(std::string_view bytes);

  bool refuses = false;
  bool permits_early = false;      // sending before the handshake, as it is
  bool wants_goodbye = false;      // a stream that ends without is truncated
  std::vector<std::size_t> sends;  // how many parts each send had
  int ends = 0;                    // calls of end()
  int misuses = 0;
  int contexts = 0;   // retained and not released
  int instances = 0;  // opened and not closed
  int opened = 0;
  std::string last_host_name;
};

}  // namespace hp::net
