// SPDX-License-Identifier: Apache-2.0
#include "tls/key_schedule.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>

namespace hp::tls {
namespace {

Bytes BytesOf(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

bool ExpandLabel(const Hash& hash, Bytes secret, std::string_view label, Bytes context,
                 std::span<std::uint8_t> out) {
  constexpr std::string_view kPrefix = "tls13 ";
  if (out.size() > hash.size()) return false;
  const std::array<std::uint8_t, 3> head = {
      static_cast<std::uint8_t>(out.size() >> 8), static_cast<std::uint8_t>(out.size()),
      static_cast<std::uint8_t>(kPrefix.size() + label.size())};
  const auto context_size = static_cast<std::uint8_t>(context.size());
  // HKDF-Expand counts its blocks; there is but one.
  constexpr std::uint8_t kFirst = 1;
  std::array<std::uint8_t, kMaxHashBytes> block;
  const bool done = hash.Authenticate(
      secret,
      {head, BytesOf(kPrefix), BytesOf(label), Bytes(&context_size, 1), context, Bytes(&kFirst, 1)},
      block);
  if (done) std::copy_n(block.begin(), out.size(), out.begin());
  OPENSSL_cleanse(block.data(), block.size());
  return done;
}

bool ExtractSecret(const Hash& hash, Bytes last, Bytes input, std::span<std::uint8_t> out) {
  constexpr std::array<std::uint8_t, kMaxHashBytes> kZeros{};
  const Bytes zeros = Bytes(kZeros).first(hash.size());
  std::array<std::uint8_t, kMaxHashBytes> derived{};
  const std::span<std::uint8_t> salt = std::span(derived).first(hash.size());
  const bool done = (last.empty() || ExpandLabel(hash, last, "derived", hash.of_nothing(), salt)) &&
                    hash.Authenticate(salt, {input.empty() ? zeros : input}, out);
  OPENSSL_cleanse(derived.data(), derived.size());
  return done;
}

}  // namespace hp::tls
