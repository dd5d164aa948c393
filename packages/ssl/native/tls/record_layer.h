// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "tls/library_session.h"
#include "tls/record_protection.h"
#include "tls/records.h"

namespace hp::tls {

// The records of a server's connection of TLS 1.3. After the handshake nothing else
// of OpenSSL's session is needed, which holds four times the memory and copies each
// payload twice.
class RecordLayer final : public Records {
 public:
  // Takes a connection over whose handshake is done; nothing where only OpenSSL can
  // go on with it.
  static std::unique_ptr<RecordLayer> TakeOver(const LibrarySession& session);
  RecordLayer(const CipherSuite& suite);

  // Begins with the secrets of application data; `sealed` records have been written
  // with them before.
  bool Use(const Secrets& secrets, std::uint64_t sealed);

  Verdict Open(Wire& wire, HpFilterHost* host) override;
  Verdict Seal(Wire& wire, std::span<const HpFilterPart> parts) override;
  void Finish(Wire& wire) override;

 private:
  // One record that has been opened: what it is, and its bytes.
  struct Opened {
    std::uint8_t content_type;
    std::span<std::uint8_t> content;
  };

  Verdict OpenRecord(Wire& wire, HpFilterHost* host, Bytes payload);
  Verdict Take(Wire& wire, HpFilterHost* host, const Opened& opened, bool is_in_place);
  Verdict TakeData(HpFilterHost* host, std::span<const std::uint8_t> content, bool is_in_place);
  Verdict TakeAlert(Bytes content);
  Verdict TakeHandshake(Wire& wire, Bytes content);
  Verdict UpdateKeys(Wire& wire, std::uint8_t request);
  // What did not fit the application's memory.
  Verdict HandOver(HpFilterHost* host);
  Verdict Fail(Wire& wire, std::uint8_t alert, const char* reason);
  bool SealRecord(Wire& wire, std::span<const Bytes> parts, std::uint8_t content_type);

  RecordProtection opener_;
  RecordProtection sealer_;
  std::vector<std::uint8_t> held_;  // opened bytes that wait for room
  std::size_t held_from_ = 0;
  std::array<std::uint8_t, 5> message_{};  // of a handshake message, so far
  std::uint8_t message_size_ = 0;
  std::uint8_t idle_records_ = 0;  // in a row that brought no data
  // The peer waits for new keys. It gets them before the next record: answered at
  // once, one who never reads could ask for any number of answers.
  bool owes_update_ = false;
  bool is_finished_ = false;
};

}  // namespace hp::tls
