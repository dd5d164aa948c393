// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hp::sys {

enum class Family : std::uint8_t { kNone = 0, kIPv4 = 4, kIPv6 = 6 };

// An IP address and port in a form that is the same on every system.
struct Endpoint {
  std::array<std::uint8_t, 16> address{};  // network order; IPv4 uses the first four
  std::uint32_t scope = 0;                 // IPv6 zone
  std::uint16_t port = 0;                  // host order
  Family family = Family::kNone;

  bool operator==(const Endpoint&) const = default;
};

// Reads a literal such as "127.0.0.1", "::1" or "fe80::1%eth0"; never a name.
std::optional<Endpoint> ParseAddress(const std::string& text, std::uint16_t port);

// The address without the port. An IPv4 address that arrived on a dual-stack
// socket is written as plain IPv4.
std::string FormatAddress(const Endpoint& endpoint);

}  // namespace hp::sys
