// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace hp::bench {

// What each connection sends, as one endless stream of messages.
//
// A message is a slice of one random pattern, and connection and sequence
// number choose where the slice starts: it is sent without being built and
// verified with one memcmp, yet a lost, repeated, reordered or crossed message
// differs from the expected one.
//
// A framed message begins with a header: the length of the rest, little-endian.
class Payload {
 public:
  static constexpr size_t kHeaderBytes = 4;

  Payload(size_t message_size, bool framed)
      : message_size_(message_size), framed_(framed), pattern_(message_size + kStarts) {
    std::mt19937 random(1);
    for (char& byte : pattern_) byte = static_cast<char>(random());
    for (size_t i = 0; i < kHeaderBytes; ++i) {
      header_[i] = static_cast<char>((message_size - kHeaderBytes) >> (8 * i));
    }
  }

  // From `position` in the stream of `connection` to the end of the header or the message it lies
  // in.
  std::span<const char> At(uint32_t connection, uint64_t position) const {
    const uint64_t sequence = position / message_size_;
    const size_t offset = position % message_size_;
    if (framed_ && offset < kHeaderBytes) return std::span(header_).subspan(offset);
    const size_t start = (connection * kConnectionStride + sequence * kSequenceStride) % kStarts;
    return std::span(pattern_).subspan(start, message_size_).subspan(offset);
  }

 private:
  // A prime, so that neighbours in either direction never share a start.
  static constexpr uint64_t kStarts = 65521;
  static constexpr uint64_t kConnectionStride = 40503;
  static constexpr uint64_t kSequenceStride = 257;

  size_t message_size_;
  bool framed_;
  std::array<char, kHeaderBytes> header_;
  std::vector<char> pattern_;
};

// The first bytes of a datagram: datagrams may be lost or change places, so each says which it is.
struct DatagramTag {
  uint64_t socket;
  uint64_t sequence;
};

}  // namespace hp::bench
