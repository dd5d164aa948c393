// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "tls/hash.h"
#include "tls/records.h"
#include "tls/secrets.h"

namespace hp::tls {

// The AEAD of a cipher suite of TLS 1.3, and the hash of its secrets.
struct CipherSuite {
  const EVP_CIPHER* cipher;
  const Hash* hash;

  // Nothing for a suite that only OpenSSL's own record layer knows.
  static const CipherSuite* Of(std::uint32_t protocol_id);
};

inline constexpr std::size_t kRecordHeadBytes = 5;
inline constexpr std::size_t kTagBytes = 16;
// The content type on the outside of every protected record; its own is inside.
inline constexpr std::uint8_t kApplicationData = 23;

// One direction of a connection: seals records, or opens them.
class RecordProtection {
 public:
  enum class Direction : int { kOpen = 0, kSeal = 1 };

  RecordProtection(const CipherSuite& suite, Direction direction)
      : suite_(suite), direction_(direction) {}

  // Begins to use a secret; `sequence` records have been made with it already.
  bool Use(const Secret& secret, std::uint64_t sequence);
  // Goes on with the next secret, as KeyUpdate asks for.
  bool Update();
  std::uint64_t sequence() const { return sequence_; }

  // Writes one record to the wire: of all parts together, at most kMaxPlainBytes.
  bool Seal(Wire& wire, std::span<const Bytes> parts, std::uint8_t content_type);
  // Opens the payload of one record, its tag included, into `out`, which is as long
  // as what it opens to; false where it is not genuine.
  bool Open(Bytes head, Bytes payload, std::span<std::uint8_t> out);

 private:
  bool Begin(Bytes head);
  bool SealPart(Wire& wire, Bytes part);

  const CipherSuite& suite_;
  Direction direction_;
  CipherContextPtr context_;
  Secret secret_;
  std::array<std::uint8_t, 12> iv_{};
  std::uint64_t sequence_ = 0;
};

}  // namespace hp::tls
