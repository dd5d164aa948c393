// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace hp::net {

// What HP-Socket from 5.6.1 on sends to a peer whose connection ends.
inline constexpr std::array<std::uint8_t, 16> kCloseNotify = {
    0xbe, 0xb6, 0x1f, 0xeb, 0xda, 0x52, 0x46, 0xba, 0x92, 0x33, 0x59, 0xdb, 0xbf, 0xe6, 0xc8, 0xe4};

inline std::span<const std::byte> CloseNotify() { return std::as_bytes(std::span(kCloseNotify)); }

inline bool IsCloseNotify(std::span<const std::byte> bytes) {
  return std::ranges::equal(bytes, CloseNotify());
}

}  // namespace hp::net
