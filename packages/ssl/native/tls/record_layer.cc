// SPDX-License-Identifier: Apache-2.0
#include "tls/record_layer.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <utility>

namespace hp::tls {
namespace {

constexpr std::uint8_t kAlert = 21;
constexpr std::uint8_t kHandshake = 22;

constexpr std::uint8_t kWarning = 1;
constexpr std::uint8_t kFatal = 2;

constexpr std::uint8_t kKeyUpdate = 24;
constexpr std::uint8_t kUpdateNotRequested = 0;
constexpr std::uint8_t kUpdateRequested = 1;

constexpr std::size_t kMaxPayloadBytes = kMaxPlainBytes + 256;
// Of records without data, as OpenSSL has it.
constexpr std::uint8_t kMaxIdleRecords = 32;
// AES-GCM is good for 2^24.5 full records with a key (RFC 8446, 5.5).
constexpr std::uint64_t kRecordsPerKey = std::uint64_t{1} << 24;

// Where a record goes that does not fit the application's memory as it is.
std::span<std::uint8_t> Scratch() {
  thread_local std::array<std::uint8_t, kMaxPayloadBytes> scratch;
  return scratch;
}

// Whether the client has asked for records smaller than those that are sealed here.
bool WantsSmallRecords(const SSL* ssl) {
  const int wanted = SSL_SESSION_get_max_fragment_length(SSL_get_session(ssl));
  return wanted >= TLSEXT_max_fragment_length_512 && wanted <= TLSEXT_max_fragment_length_4096;
}

}  // namespace

RecordLayer::RecordLayer(const CipherSuite& suite)
    : opener_(suite, RecordProtection::Direction::kOpen),
      sealer_(suite, RecordProtection::Direction::kSeal) {}

std::unique_ptr<RecordLayer> RecordLayer::TakeOver(const LibrarySession& session) {
  SSL* ssl = session.ssl();
  const Secrets& secrets = session.secrets();
  if (!session.is_server() || SSL_version(ssl) != TLS1_3_VERSION || SSL_has_pending(ssl) != 0 ||
      WantsSmallRecords(ssl) || secrets.client.empty() || secrets.server.empty()) {
    return nullptr;
  }
  const CipherSuite* suite = CipherSuite::Of(SSL_CIPHER_get_id(SSL_get_current_cipher(ssl)));
  if (suite == nullptr) return nullptr;
  auto layer = std::make_unique<RecordLayer>(*suite);
  return layer->Use(secrets, session.records_under_secrets()) ? std::move(layer) : nullptr;
}

bool RecordLayer::Use(const Secrets& secrets, std::uint64_t sealed) {
  return opener_.Use(secrets.client, 0) && sealer_.Use(secrets.server, sealed);
}

Verdict RecordLayer::Open(Wire& wire, HpFilterHost* host) {
  if (!held_.empty()) {
    if (Verdict verdict = HandOver(host); verdict.answer != HP_FILTER_OK) return verdict;
  }
  while (wire.waiting().size() >= kRecordHeadBytes) {
    const Bytes head = wire.waiting().first(kRecordHeadBytes);
    if (head[0] != kApplicationData)
      return Fail(wire, SSL_AD_UNEXPECTED_MESSAGE, "unexpected record");
    if (head[1] != 3 || head[2] != 3)
      return Fail(wire, SSL_AD_PROTOCOL_VERSION, "wrong version number");
    const std::size_t size = static_cast<std::size_t>(head[3] << 8) | head[4];
    if (size > kMaxPayloadBytes)
      return Fail(wire, SSL_AD_RECORD_OVERFLOW, "encrypted length too long");
    if (size <= kTagBytes) return Fail(wire, SSL_AD_BAD_RECORD_MAC, "length too short");
    if (wire.waiting().size() < kRecordHeadBytes + size) break;
    const Bytes payload = wire.waiting().subspan(kRecordHeadBytes, size);
    if (Verdict verdict = OpenRecord(wire, host, payload); verdict.answer != HP_FILTER_OK) {
      return verdict;
    }
  }
  return {};
}

Verdict RecordLayer::OpenRecord(Wire& wire, HpFilterHost* host, Bytes payload) {
  std::size_t room = 0;
  std::uint8_t* plain = host->reserve_plain(host, &room);
  // The record stays on the wire until there is some.
  if (plain == nullptr) return {.answer = HP_FILTER_MORE};
  const std::size_t size = payload.size() - kTagBytes;
  const bool is_in_place = size <= room;
  const std::span<std::uint8_t> out = is_in_place ? std::span(plain, size) : Scratch().first(size);
  const bool is_genuine = opener_.Open(wire.waiting().first(kRecordHeadBytes), payload, out);
  wire.Skip(kRecordHeadBytes + payload.size());
  if (!is_genuine) {
    return Fail(wire, SSL_AD_BAD_RECORD_MAC, "decryption failed or bad record mac");
  }
  // The type stands behind the content, and zeros may follow.
  std::size_t end = size;
  while (end != 0 && out[end - 1] == 0) --end;
  if (end == 0) return Fail(wire, SSL_AD_UNEXPECTED_MESSAGE, "bad record type");
  if (end - 1 > kMaxPlainBytes) return Fail(wire, SSL_AD_RECORD_OVERFLOW, "data length too long");
  return Take(wire, host, {.content_type = out[end - 1], .content = out.first(end - 1)},
              is_in_place);
}

Verdict RecordLayer::Take(Wire& wire, HpFilterHost* host, const Opened& opened, bool is_in_place) {
  const bool has_data = opened.content_type == kApplicationData && !opened.content.empty();
  idle_records_ = has_data ? 0 : static_cast<std::uint8_t>(idle_records_ + 1);
  if (idle_records_ > kMaxIdleRecords) {
    return Fail(wire, SSL_AD_UNEXPECTED_MESSAGE, "too many records without data");
  }
  if (message_size_ != 0 && opened.content_type != kHandshake) {
    return Fail(wire, SSL_AD_UNEXPECTED_MESSAGE, "unexpected message");
  }
  switch (opened.content_type) {
    case kApplicationData:
      return TakeData(host, opened.content, is_in_place);
    case kAlert:
      return TakeAlert(opened.content);
    case kHandshake:
      return TakeHandshake(wire, opened.content);
    default:
      return Fail(wire, SSL_AD_UNEXPECTED_MESSAGE, "unexpected record");
  }
}

Verdict RecordLayer::TakeData(HpFilterHost* host, std::span<const std::uint8_t> content,
                              bool is_in_place) {
  if (content.empty()) return {};
  if (is_in_place) {
    host->commit_plain(host, content.size());
    return {};
  }
  held_.assign(content.begin(), content.end());
  held_from_ = 0;
  return HandOver(host);
}

Verdict RecordLayer::HandOver(HpFilterHost* host) {
  while (held_from_ < held_.size()) {
    std::size_t room = 0;
    std::uint8_t* plain = host->reserve_plain(host, &room);
    if (plain == nullptr) return {.answer = HP_FILTER_MORE};
    const std::size_t count = std::min(room, held_.size() - held_from_);
    std::copy_n(held_.begin() + static_cast<std::ptrdiff_t>(held_from_), count, plain);
    host->commit_plain(host, count);
    held_from_ += count;
  }
  held_ = {};
  return {};
}

Verdict RecordLayer::TakeAlert(Bytes content) {
  if (content.size() != 2) return Verdict::Broken("bad alert");
  if (content[1] == SSL_AD_CLOSE_NOTIFY) return {.answer = HP_FILTER_ENDED};
  if (content[1] == SSL_AD_USER_CANCELLED) return {};
  return Verdict::Broken(std::string("the peer sent an alert: ") +
                         SSL_alert_desc_string_long(content[1]));
}

Verdict RecordLayer::TakeHandshake(Wire& wire, Bytes content) {
  for (std::size_t i = 0; i < content.size(); ++i) {
    message_[message_size_++] = content[i];
    if (message_size_ < message_.size()) continue;
    message_size_ = 0;
    const bool is_update =
        message_[0] == kKeyUpdate && message_[1] == 0 && message_[2] == 0 && message_[3] == 1;
    // Nothing may follow within the record: it would be under the old key.
    if (!is_update || i + 1 != content.size()) {
      return Fail(wire, SSL_AD_UNEXPECTED_MESSAGE, "unexpected message");
    }
    return UpdateKeys(wire, message_[4]);
  }
  if (content.empty()) return Fail(wire, SSL_AD_UNEXPECTED_MESSAGE, "empty handshake record");
  return {};
}

Verdict RecordLayer::UpdateKeys(Wire& wire, std::uint8_t request) {
  if (request > kUpdateRequested) return Fail(wire, SSL_AD_ILLEGAL_PARAMETER, "bad key update");
  owes_update_ |= request == kUpdateRequested;
  if (opener_.Update()) return {};
  return Fail(wire, SSL_AD_INTERNAL_ERROR, "the keys could not be updated");
}

bool RecordLayer::SealRecord(Wire& wire, std::span<const Bytes> parts, std::uint8_t content_type) {
  if (std::exchange(owes_update_, false) || sealer_.sequence() >= kRecordsPerKey) {
    constexpr std::array<std::uint8_t, 5> kUpdate = {kKeyUpdate, 0, 0, 1, kUpdateNotRequested};
    const Bytes update = kUpdate;
    if (!sealer_.Seal(wire, std::span(&update, 1), kHandshake) || !sealer_.Update()) return false;
  }
  return sealer_.Seal(wire, parts, content_type);
}

Verdict RecordLayer::Seal(Wire& wire, std::span<const HpFilterPart> parts) {
  constexpr std::size_t kMaxParts = 16;
  std::array<Bytes, kMaxParts> record;
  std::size_t count = 0;
  std::size_t size = 0;
  const auto flush = [&] {
    const bool done =
        count == 0 || SealRecord(wire, std::span(record).first(count), kApplicationData);
    count = size = 0;
    return done;
  };
  for (const HpFilterPart& part : parts) {
    Bytes rest(part.data, part.size);
    while (!rest.empty()) {
      const Bytes piece = rest.first(std::min(rest.size(), kMaxPlainBytes - size));
      record[count++] = piece;
      size += piece.size();
      rest = rest.subspan(piece.size());
      if ((size == kMaxPlainBytes || count == kMaxParts) && !flush()) {
        return Verdict::Broken("a record could not be sealed");
      }
    }
  }
  return flush() ? Verdict{} : Verdict::Broken("a record could not be sealed");
}

void RecordLayer::Finish(Wire& wire) {
  if (std::exchange(is_finished_, true)) return;
  constexpr std::array<std::uint8_t, 2> kNotify = {kWarning, SSL_AD_CLOSE_NOTIFY};
  const Bytes notify = kNotify;
  SealRecord(wire, std::span(&notify, 1), kAlert);
}

Verdict RecordLayer::Fail(Wire& wire, std::uint8_t alert, const char* reason) {
  const std::array<std::uint8_t, 2> message = {kFatal, alert};
  const Bytes bytes = message;
  if (!std::exchange(is_finished_, true)) SealRecord(wire, std::span(&bytes, 1), kAlert);
  return Verdict::Broken(reason);
}

}  // namespace hp::tls
