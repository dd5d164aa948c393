// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "hp/stream_filter.h"

namespace hp::net {

// A stream filter with little in it: the dialling side says kHello, the other
// answers kWelcome, and from then on every byte has one bit flipped. kGoodbye
// ends the stream; kNonsense is an error.
class TestFilter {
 public:
  static constexpr char kHello = 'H';
  static constexpr char kWelcome = 'W';
  static constexpr char kGoodbye = '\x04';
  static constexpr char kNonsense = '\x05';

  // The code of a command, and what it makes the filter do.
  static constexpr std::uint32_t kTellBack = 1;
  static constexpr std::uint32_t kSetDeadline = 2;  // in 50 ms
  static constexpr std::uint32_t kFail = 3;

  HpStreamFilter Functions();
  static std::string Flip(std::string_view bytes);

  bool refuses = false;
  int contexts = 0;   // retained and not released
  int instances = 0;  // opened and not closed
  int opened = 0;
  std::string last_host_name;
};

}  // namespace hp::net
