// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "tls/library.h"

namespace hp::tls {

// Numbers shared with src/filter.ts and src/info.ts: what a filter is ordered and
// what it tells.
enum class Order : std::uint32_t { kStartHandshake = 1, kServerName = 2 };
enum class Told : std::uint32_t { kConnectionInfo = 1, kFailure = 2, kServerName = 3 };

// Answers to a server name other than the number of a context.
inline constexpr std::uint32_t kRefuseName = 0;
inline constexpr std::uint32_t kDefaultName = 0xffffffff;

enum class InfoTag : std::uint8_t {
  kProtocol = 1,
  kCipher = 2,
  kApplicationProtocol = 3,
  kServerName = 4,
  kResumed = 5,
  kPeerCertificate = 6,
  kVerifyError = 7,
  kOcspResponse = 8,
  kCipherBits = 9,
  kGroup = 10,
  kVerified = 11,
};

// What there is to know of a connection: fields of a tag, a length of two bytes,
// the low one first, and as many bytes.
class Info {
 public:
  // What the core tells at most.
  static constexpr std::size_t kMaxBytes = 8192;

  // Left out where there is no room for it: a certificate of many kilobytes.
  void Add(InfoTag tag, Bytes bytes);
  void Add(InfoTag tag, std::string_view text);
  void AddNumber(InfoTag tag, std::uint16_t number);
  void AddFlag(InfoTag tag, bool flag);

  Bytes bytes() const { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
};

}  // namespace hp::tls
