// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace hp::sys {

// Which kind of system the backend imitates, where CONTRACT.md leaves a choice.
enum class FakeStyle : std::uint8_t {
  kReadiness,   // as epoll: sends take what has room, and what is closed is closed
  kCompletion,  // as IOCP: stable sends hold their memory, and closing takes a while
};

}  // namespace hp::sys
