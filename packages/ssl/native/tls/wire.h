// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "hp/stream_filter.h"
#include "tls/library.h"

namespace hp::tls {

// Counts the TLS records in a stream of bytes.
class RecordCounter {
 public:
  void Count(Bytes bytes);
  std::uint32_t count() const { return count_; }

 private:
  std::uint32_t count_ = 0;
  std::uint16_t left_ = 0;  // of the record's payload
  std::uint8_t header_seen_ = 0;
  std::uint8_t length_high_ = 0;
};

// The bytes of one connection on their way from and to its peer. Within a call
// they are read where the core has them, and written where it wants them.
class Wire {
 public:
  Wire() = default;
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  // A call begins and ends; what has not been read by then is kept.
  void Begin(HpFilterHost* host) { host_ = host; }
  void End();

  // Bytes have come from the peer.
  void Feed(Bytes bytes);
  Bytes waiting() const { return waiting_; }
  void Skip(std::size_t size) { waiting_ = waiting_.subspan(size); }

  // Bytes go to the peer.
  void Write(Bytes bytes);
  // As Write(), of whole records or parts of them, which are counted.
  void WriteRecords(Bytes bytes);
  std::uint32_t records_written() const { return counter_.count(); }
  // Room for at least one of them, at best `wanted`; Commit() says how many.
  std::span<std::uint8_t> Reserve(std::size_t wanted);
  void Commit(std::size_t size) { host_->commit_wire(host_, size); }

 private:
  HpFilterHost* host_ = nullptr;
  Bytes waiting_;
  std::vector<std::uint8_t> kept_;
  RecordCounter counter_;
};

// A BIO that reads and writes a wire. OpenSSL is told to come again where there is
// nothing to read.
BIO* NewBio(Wire& wire);

}  // namespace hp::tls
