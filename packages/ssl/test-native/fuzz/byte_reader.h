// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hp::tls {

// Fuzz input as a source of numbers and bytes. At its end it yields zeros.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  bool empty() const { return bytes_.empty(); }

  std::uint8_t Byte() {
    if (bytes_.empty()) return 0;
    const auto byte = static_cast<std::uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return byte;
  }

  bool Flag() { return (Byte() & 1) != 0; }

  // The high byte first.
  std::size_t Word() {
    const std::size_t high = Byte();
    return high << 8 | Byte();
  }

  // Small numbers mostly, large ones now and then.
  std::size_t Amount() {
    const std::size_t byte = Byte();
    return byte < 0xf0 ? byte : (byte - 0xef) * 1103;
  }

  std::string_view Take(std::size_t size) {
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(taken.size());
    return taken;
  }

 private:
  std::string_view bytes_;
};

}  // namespace hp::tls
