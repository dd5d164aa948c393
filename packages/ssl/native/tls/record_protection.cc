// SPDX-License-Identifier: Apache-2.0
#include "tls/record_protection.h"

#include <algorithm>
#include <utility>

#include "tls/key_schedule.h"

namespace hp::tls {
namespace {

// Fetched once: a lookup at each key costs more than the key does.
EVP_CIPHER* Fetch(const char* name) { return EVP_CIPHER_fetch(nullptr, name, nullptr); }

}  // namespace

const CipherSuite* CipherSuite::Of(std::uint32_t protocol_id) {
  static const std::pair<std::uint32_t, CipherSuite> kSuites[] = {
      {0x1301, {Fetch("AES-128-GCM"), Hash::ByName("SHA256")}},
      {0x1302, {Fetch("AES-256-GCM"), Hash::ByName("SHA384")}},
      {0x1303, {Fetch("ChaCha20-Poly1305"), Hash::ByName("SHA256")}},
  };
  for (const auto& [id, suite] : kSuites) {
    if (id == (protocol_id & 0xffff)) return suite.cipher == nullptr ? nullptr : &suite;
  }
  return nullptr;
}

bool RecordProtection::Use(const Secret& secret, std::uint64_t sequence) {
  std::array<std::uint8_t, 32> key;
  const auto key_bytes = static_cast<std::size_t>(EVP_CIPHER_get_key_length(suite_.cipher));
  secret_ = secret;
  sequence_ = sequence;
  if (context_ == nullptr) context_.reset(EVP_CIPHER_CTX_new());
  const bool done =
      context_ != nullptr &&
      ExpandLabel(*suite_.hash, secret_.bytes(), "key", {}, std::span(key).first(key_bytes)) &&
      ExpandLabel(*suite_.hash, secret_.bytes(), "iv", {}, iv_) &&
      EVP_CipherInit_ex(context_.get(), suite_.cipher, nullptr, key.data(), nullptr,
                        static_cast<int>(direction_)) == 1;
  OPENSSL_cleanse(key.data(), key.size());
  return done;
}

bool RecordProtection::Update() {
  Secret next;
  return ExpandLabel(*suite_.hash, secret_.bytes(), "traffic upd", {},
                     next.Make(suite_.hash->size())) &&
         Use(next, 0);
}

// The sequence number is part of the nonce, the head of what is authenticated.
bool RecordProtection::Begin(Bytes head) {
  std::array<std::uint8_t, 12> nonce = iv_;
  for (std::size_t i = 0; i < 8; ++i) {
    nonce[nonce.size() - 1 - i] ^= static_cast<std::uint8_t>(sequence_ >> (8 * i));
  }
  ++sequence_;
  int length = 0;
  return EVP_CipherInit_ex(context_.get(), nullptr, nullptr, nullptr, nonce.data(), -1) == 1 &&
         EVP_CipherUpdate(context_.get(), nullptr, &length, head.data(),
                          static_cast<int>(head.size())) == 1;
}

bool RecordProtection::SealPart(Wire& wire, Bytes part) {
  while (!part.empty()) {
    const std::span<std::uint8_t> room = wire.Reserve(part.size() + 1 + kTagBytes);
    const std::size_t count = std::min(room.size(), part.size());
    int length = 0;
    if (EVP_CipherUpdate(context_.get(), room.data(), &length, part.data(),
                         static_cast<int>(count)) != 1) {
      return false;
    }
    wire.Commit(count);
    part = part.subspan(count);
  }
  return true;
}

bool RecordProtection::Seal(Wire& wire, std::span<const Bytes> parts, std::uint8_t content_type) {
  std::size_t size = 1 + kTagBytes;
  for (const Bytes part : parts) size += part.size();
  const std::array<std::uint8_t, kRecordHeadBytes> head = {kApplicationData, 3, 3,
                                                           static_cast<std::uint8_t>(size >> 8),
                                                           static_cast<std::uint8_t>(size)};
  if (!Begin(head)) return false;
  wire.Write(head);
  for (const Bytes part : parts) {
    if (!SealPart(wire, part)) return false;
  }
  if (!SealPart(wire, Bytes(&content_type, 1))) return false;
  std::array<std::uint8_t, kTagBytes> tag;
  int length = 0;
  if (EVP_CipherFinal_ex(context_.get(), tag.data(), &length) != 1 ||
      EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag.data()) != 1) {
    return false;
  }
  wire.Write(tag);
  return true;
}

bool RecordProtection::Open(Bytes head, Bytes payload, std::span<std::uint8_t> out) {
  const Bytes sealed = payload.first(payload.size() - kTagBytes);
  // OpenSSL takes the tag as its own; it only reads it.
  auto* tag = const_cast<std::uint8_t*>(payload.data() + sealed.size());
  std::array<std::uint8_t, kTagBytes> nothing;
  int length = 0;
  return Begin(head) &&
         EVP_CipherUpdate(context_.get(), out.data(), &length, sealed.data(),
                          static_cast<int>(sealed.size())) == 1 &&
         EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag) == 1 &&
         EVP_CipherFinal_ex(context_.get(), nothing.data(), &length) == 1;
}

}  // namespace hp::tls
