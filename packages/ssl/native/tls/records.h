// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "hp/stream_filter.h"
#include "tls/wire.h"

namespace hp::tls {

// What becomes of a connection after a step: as in HpStreamFilter, and for a
// failure why.
struct Verdict {
  int answer = HP_FILTER_OK;
  std::string reason;

  // The peer broke the protocol: EBADMSG.
  static Verdict Broken(std::string reason) {
    constexpr int kBadMessage = 74;
    return {.answer = -kBadMessage, .reason = std::move(reason)};
  }
};

// The records of a connection whose handshake is done.
class Records {
 public:
  virtual ~Records() = default;

  // Opens what waits on the wire, straight into the application's memory:
  // HP_FILTER_MORE where that does not suffice, and it is called again.
  virtual Verdict Open(Wire& wire, HpFilterHost* host) = 0;
  // Seals all parts, in order, in as few records as hold them.
  virtual Verdict Seal(Wire& wire, std::span<const HpFilterPart> parts) = 0;
  // Says that nothing more follows.
  virtual void Finish(Wire& wire) = 0;
};

// What a record holds at most.
inline constexpr std::size_t kMaxPlainBytes = 16384;

}  // namespace hp::tls
