// SPDX-License-Identifier: Apache-2.0
#include "tls/hash.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>

namespace hp::tls {
namespace {

constexpr std::size_t kMaxBlockBytes = 128;

using DigestPtr = std::unique_ptr<EVP_MD_CTX, FreedBy<EVP_MD_CTX_free>>;

}  // namespace

Hash::Hash(const char* name, std::size_t size, std::size_t block_size)
    : algorithm_(EVP_MD_fetch(nullptr, name, nullptr)), size_(size), block_size_(block_size) {
  Digest({}, {}, of_nothing_);
}

const Hash* Hash::ByName(std::string_view name) {
  static const Hash sha256("SHA256", 32, 64);
  static const Hash sha384("SHA384", 48, 128);
  if (name == "SHA2-256" || name == "SHA256") return &sha256;
  if (name == "SHA2-384" || name == "SHA384") return &sha384;
  return nullptr;
}

bool Hash::Digest(Bytes first, std::initializer_list<Bytes> parts, std::uint8_t* out) const {
  thread_local const DigestPtr context(EVP_MD_CTX_new());
  bool done = context != nullptr && EVP_DigestInit_ex2(context.get(), algorithm_, nullptr) == 1 &&
              EVP_DigestUpdate(context.get(), first.data(), first.size()) == 1;
  for (const Bytes part : parts) {
    done = done && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  }
  return done && EVP_DigestFinal_ex(context.get(), out, nullptr) == 1;
}

bool Hash::Authenticate(Bytes key, std::initializer_list<Bytes> parts,
                        std::span<std::uint8_t> out) const {
  std::array<std::uint8_t, kMaxBlockBytes> block{};
  std::array<std::uint8_t, kMaxHashBytes> inner;
  if (key.size() > block_size_ || out.size() < size_) return false;
  const std::span<std::uint8_t> padded = std::span(block).first(block_size_);
  std::ranges::copy(key, padded.begin());
  const auto mask = [&](std::uint8_t with) {
    for (std::uint8_t& byte : padded) byte = static_cast<std::uint8_t>(byte ^ with);
  };
  mask(0x36);
  bool done = Digest(padded, parts, inner.data());
  mask(0x36 ^ 0x5c);
  done = done && Digest(padded, {Bytes(inner).first(size_)}, out.data());
  OPENSSL_cleanse(block.data(), block.size());
  OPENSSL_cleanse(inner.data(), inner.size());
  return done;
}

}  // namespace hp::tls
