// SPDX-License-Identifier: Apache-2.0
#include "tls/library_records.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace hp::tls {
namespace {

// Renewals of keys and attempts at renegotiation are answered one by one: a peer that
// never reads must not have any number of answers queued.
constexpr std::uint32_t kMaxAnswers = 32;

}  // namespace

Verdict LibraryRecords::Open(Wire& wire, HpFilterHost* host) {
  SSL* ssl = session_->ssl();
  while (SSL_pending(ssl) != 0 || !wire.waiting().empty()) {
    std::size_t room = 0;
    std::uint8_t* plain = host->reserve_plain(host, &room);
    if (plain == nullptr) return {.answer = HP_FILTER_MORE};
    std::size_t size = 0;
    const std::uint32_t written = wire.records_written();
    const bool has_data = SSL_read_ex(ssl, plain, room, &size) == 1;
    answers_ += wire.records_written() - written;
    if (answers_ > kMaxAnswers) return Verdict::Broken("too many requests without data");
    if (has_data) {
      host->commit_plain(host, size);
      // Keys may be renewed for ever; nobody has a reason to renegotiate in vain.
      if (SSL_version(ssl) == TLS1_3_VERSION) answers_ = 0;
      continue;
    }
    switch (SSL_get_error(ssl, 0)) {
      case SSL_ERROR_WANT_READ:
      case SSL_ERROR_WANT_WRITE:
        return {};
      case SSL_ERROR_ZERO_RETURN:
        return {.answer = HP_FILTER_ENDED};
      default:
        return Verdict::Broken(session_->failure());
    }
  }
  return {};
}

Verdict LibraryRecords::SealOne(Bytes bytes) {
  std::size_t written = 0;
  if (SSL_write_ex(session_->ssl(), bytes.data(), bytes.size(), &written) == 1) return {};
  return Verdict::Broken(session_->failure());
}

Verdict LibraryRecords::Seal(Wire&, std::span<const HpFilterPart> parts) {
  // Small parts are gathered: a record each would cost more than the copy does.
  thread_local std::array<std::uint8_t, kMaxPlainBytes> gathered;
  std::size_t filled = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Bytes part(parts[i].data, parts[i].size);
    const bool is_last = i + 1 == parts.size();
    while (!part.empty()) {
      Bytes record = part.first(std::min(part.size(), kMaxPlainBytes));
      if (filled != 0 || (!is_last && record.size() < kMaxPlainBytes)) {
        record = record.first(std::min(record.size(), kMaxPlainBytes - filled));
        std::memcpy(gathered.data() + filled, record.data(), record.size());
        filled += record.size();
        part = part.subspan(record.size());
        if (filled < kMaxPlainBytes && !(is_last && part.empty())) continue;
        record = Bytes(gathered).first(filled);
        filled = 0;
      } else {
        part = part.subspan(record.size());
      }
      if (Verdict verdict = SealOne(record); verdict.answer < 0) return verdict;
    }
  }
  return filled == 0 ? Verdict{} : SealOne(Bytes(gathered).first(filled));
}

void LibraryRecords::Finish(Wire&) { SSL_shutdown(session_->ssl()); }

}  // namespace hp::tls
