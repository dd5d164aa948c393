// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string_view>

#include "tls/library.h"

namespace hp::tls {

// The size of the longest, SHA-384.
inline constexpr std::size_t kMaxHashBytes = 48;

// A hash that a cipher suite of TLS 1.3 goes with, fetched once, and HMAC with it.
class Hash {
 public:
  // Nothing for any but SHA-256 and SHA-384, by whichever of their names.
  static const Hash* ByName(std::string_view name);

  std::size_t size() const { return size_; }
  // The hash of nothing.
  Bytes of_nothing() const { return Bytes(of_nothing_).first(size_); }

  // HMAC of all parts, one behind the other, into the first size() bytes of `out`.
  bool Authenticate(Bytes key, std::initializer_list<Bytes> parts,
                    std::span<std::uint8_t> out) const;

 private:
  Hash(const char* name, std::size_t size, std::size_t block_size);
  bool Digest(Bytes first, std::initializer_list<Bytes> parts, std::uint8_t* out) const;

  EVP_MD* algorithm_;
  std::size_t size_;
  std::size_t block_size_;
  std::uint8_t of_nothing_[kMaxHashBytes] = {};
};

}  // namespace hp::tls
