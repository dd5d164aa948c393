// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace hp::net {

// Numbers shared with src/boundary.ts.
enum class CommandKind : std::uint8_t {
  kSend = 1,        // `length` bytes follow; flags: how many sends these were
  kOpen = 2,        // onAccept/onConnect has returned: receiving may start
  kDisconnect = 3,  // `length`: error code of the close; flags: see below
  kEnd = 4,         // send what is queued, then finish sending
  kPause = 5,
  kResume = 6,
  kNotifyDrain = 7,
  kHold = 8,  // as kPause, for a receive model whose own store is full
  kUnhold = 9,
  kFilter = 10,    // flags: the filter's code; `length` bytes follow
  kBorrow = 11,    // `length` not 0: what is received from now on is read during the batch only
  kHalfOpen = 12,  // when the peer has finished sending, kEnd is told and sending goes on
};

inline constexpr std::uint8_t kDisconnectOperationMask = 0x07;
inline constexpr std::uint8_t kDisconnectAbort = 0x08;
inline constexpr std::uint8_t kDisconnectFlush = 0x10;  // what is queued is sent first

// One order from JavaScript. The bytes of a send follow at once; the next
// command starts at the next multiple of kCommandAlignment.
struct Command {
  CommandKind kind;
  std::uint8_t flags;
  std::uint16_t id_high;
  std::uint32_t slot;
  std::uint32_t id_low;
  std::uint32_t length;

  std::uint64_t id() const { return (std::uint64_t{id_high} << 32) | id_low; }
};
inline constexpr std::size_t kCommandAlignment = 8;
static_assert(sizeof(Command) == 16 && std::is_trivially_copyable_v<Command>);

}  // namespace hp::net
