// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <type_traits>

#include "base/error_code.h"

namespace hp::net {

// Numbers shared with src/boundary.ts.
enum class EventKind : std::uint8_t {
  kAccept = 1,  // a: component
  kConnect = 2,
  kReceive = 3,  // a: block, b: offset, error: component
  kSend = 4,
  kClose = 5,
  kDrain = 6,         // the queue is at or below its low-water mark
  kReject = 7,        // a: component; over maxConnections
  kAcceptPause = 8,   // a: component; out of descriptors
  kStopped = 9,       // a: component; this reactor accepts nothing more for it
  kHandshake = 10,    // the stream filter lets bytes pass
  kFilter = 11,       // error: the filter's code; a: block, b: offset
  kEnd = 12,          // the peer has finished sending, and may still be sent to
  kReceiveFrom = 13,  // as kReceive; a SenderAddress follows the bytes
};

// Event::flags of a kReceive: the listener borrows the bytes.
inline constexpr std::uint16_t kBorrowed = 1;

// One thing that has happened, as the table in JavaScript's memory holds it.
struct Event {
  EventKind kind;
  Operation operation = Operation::kUnknown;
  std::uint16_t flags = 0;
  std::uint32_t slot = 0;
  std::uint32_t id_low = 0;
  std::uint32_t id_high = 0;
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::uint32_t length = 0;
  std::int32_t error = 0;
};
// What follows the bytes of a kReceiveFrom. All of it is as on the wire.
struct SenderAddress {
  std::uint8_t family;  // 4 or 6
  std::uint8_t unused;
  std::uint8_t port[2];
  std::uint8_t scope[4];
  std::uint8_t address[16];
};
static_assert(sizeof(SenderAddress) == 24);

// How many bytes in received memory an event names with `a` and `b`.
inline std::uint32_t BytesOf(const Event& event) {
  switch (event.kind) {
    case EventKind::kReceive:
    case EventKind::kFilter:
      return event.length;
    case EventKind::kReceiveFrom:
      return event.length + static_cast<std::uint32_t>(sizeof(SenderAddress));
    default:
      return 0;
  }
}

static_assert(sizeof(Event) == 32 && std::is_trivially_copyable_v<Event>);

}  // namespace hp::net
