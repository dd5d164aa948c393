// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "sys/endpoint.h"

namespace hp::net {

// The same at the same place of every stream, whichever it is, and none of the
// stream filter's own bytes.
inline std::string Bytes(std::size_t offset, std::size_t count) {
  std::string bytes(count, '\0');
  for (std::size_t i = 0; i < count; ++i) {
    bytes[i] = static_cast<char>('a' + ((offset + i) * 2'654'435'761U >> 13) % 26);
  }
  return bytes;
}

inline void Require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

inline sys::Endpoint Loopback(std::uint16_t port) {
  return {.address = {127, 0, 0, 1}, .port = port, .family = sys::Family::kIPv4};
}

}  // namespace hp::net
