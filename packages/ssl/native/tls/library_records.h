// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "tls/library_session.h"
#include "tls/records.h"

namespace hp::tls {

// Records as OpenSSL makes them: of TLS up to 1.2, of clients, and of whatever the
// record layer here does not know.
class LibraryRecords final : public Records {
 public:
  explicit LibraryRecords(std::unique_ptr<LibrarySession> session) : session_(std::move(session)) {}

  Verdict Open(Wire& wire, HpFilterHost* host) override;
  Verdict Seal(Wire& wire, std::span<const HpFilterPart> parts) override;
  void Finish(Wire& wire) override;

 private:
  Verdict SealOne(Bytes bytes);

  std::unique_ptr<LibrarySession> session_;
  std::uint32_t answers_ = 0;
};

}  // namespace hp::tls
