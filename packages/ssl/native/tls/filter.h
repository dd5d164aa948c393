// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "hp/stream_filter.h"
#include "tls/context.h"
#include "tls/library_session.h"
#include "tls/records.h"
#include "tls/wire.h"

namespace hp::tls {

// What connections of one component have in common.
struct FilterOptions {
  bool starts_by_itself = true;  // else plain bytes pass until the handshake is ordered
  std::uint32_t handshake_timeout_ms = 0;
  bool asks_server_name = false;
  bool checks_host = true;
};

// TLS on one connection: see HpStreamFilter for when what is called.
class Filter {
 public:
  Filter(std::shared_ptr<const Context> context, const FilterOptions& options, HpFilterRole role,
         const char* host_name);
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

  int Start(HpFilterHost* host);
  int Receive(HpFilterHost* host, Bytes bytes);
  int Resume(HpFilterHost* host);
  int Send(HpFilterHost* host, std::span<const HpFilterPart> parts);
  int Finish(HpFilterHost* host);
  int End(HpFilterHost* host);
  int Command(HpFilterHost* host, std::uint32_t code, Bytes bytes);
  int Deadline(HpFilterHost* host);

 private:
  enum class Phase : std::uint8_t {
    kPlain,       // the handshake has not been ordered
    kHandshake,   // under way
    kAsking,      // and waits to be told who answers for a name
    kAnnouncing,  // it is done, and there was no room to tell so
    kOpen,
    kFailed,
  };

  class Call;

  Verdict StartHandshake(HpFilterHost* host);
  // Does what can be done with what waits on the wire.
  Verdict Go(HpFilterHost* host);
  Verdict Pass(HpFilterHost* host);
  Verdict Shake(HpFilterHost* host);
  Verdict Ask(HpFilterHost* host);
  Verdict Announce(HpFilterHost* host);
  Verdict TakeAnswer(HpFilterHost* host, Bytes bytes);
  int Conclude(HpFilterHost* host, const Verdict& verdict);

  std::shared_ptr<const Context> context_;
  const FilterOptions& options_;
  std::unique_ptr<std::string> host_name_;  // until the handshake begins
  Wire wire_;
  std::unique_ptr<LibrarySession> session_;  // during the handshake
  std::unique_ptr<Records> records_;         // from then on
  std::unique_ptr<Info> info_;               // what waits to be told
  HpFilterRole role_;
  Phase phase_ = Phase::kPlain;
  bool was_asked_ = false;
};

}  // namespace hp::tls
