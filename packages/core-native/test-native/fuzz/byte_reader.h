// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace hp {

// Fuzz input as a source of numbers. At its end it yields zeros.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  bool empty() const { return bytes_.empty(); }

  std::uint8_t Byte() {
    if (bytes_.empty()) return 0;
    const std::uint8_t byte = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return byte;
  }

  bool Flag() { return (Byte() & 1) != 0; }

  std::uint32_t Word() {
    std::uint32_t word = 0;
    for (int i = 0; i < 4; ++i) word = word << 8 | Byte();
    return word;
  }

  // Small numbers mostly, large ones now and then.
  std::uint32_t Amount() {
    const std::uint8_t byte = Byte();
    return byte < 0xf0 ? byte : (byte - 0xefU) * 997;
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

}  // namespace hp
