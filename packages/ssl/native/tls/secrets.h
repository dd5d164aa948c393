// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/crypto.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "tls/hash.h"
#include "tls/library.h"

namespace hp::tls {

// A traffic secret of TLS 1.3: as long as the hash of its cipher suite.
class Secret {
 public:
  static constexpr std::size_t kMaxBytes = kMaxHashBytes;

  Secret() = default;
  ~Secret() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;

  // Room for one of `size` bytes.
  std::span<std::uint8_t> Make(std::size_t size) {
    size_ = size;
    return std::span(bytes_).first(size);
  }
  Bytes bytes() const { return Bytes(bytes_).first(size_); }
  bool empty() const { return size_ == 0; }

 private:
  std::array<std::uint8_t, kMaxBytes> bytes_{};
  std::size_t size_ = 0;
};

// Those of application data, as they are first.
struct Secrets {
  Secret client;
  Secret server;
};

}  // namespace hp::tls
