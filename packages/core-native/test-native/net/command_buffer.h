// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "net/command.h"
#include "net/event.h"

namespace hp::net {

// How a test names a connection in a command.
struct Target {
  std::uint32_t slot = 0;
  std::uint64_t id = 0;
};

// Writes commands as src/link.ts does.
class CommandBuffer {
 public:
  void Add(CommandKind kind, const Target& target, std::uint8_t flags = 0,
           std::uint32_t argument = 0) {
    Write({.kind = kind,
           .flags = flags,
           .id_high = static_cast<std::uint16_t>(target.id >> 32),
           .slot = target.slot,
           .id_low = static_cast<std::uint32_t>(target.id),
           .length = argument},
          {});
  }

  // `flags`: one send, unless it is something else.
  void AddWithBytes(CommandKind kind, const Target& target, std::string_view bytes,
                    std::uint8_t flags = 1) {
    Write({.kind = kind,
           .flags = flags,
           .id_high = static_cast<std::uint16_t>(target.id >> 32),
           .slot = target.slot,
           .id_low = static_cast<std::uint32_t>(target.id),
           .length = static_cast<std::uint32_t>(bytes.size())},
          bytes);
  }

  void AddDisconnect(const Target& target, Operation operation, ErrorCode error,
                     std::uint8_t flags = 0) {
    Add(CommandKind::kDisconnect, target,
        static_cast<std::uint8_t>(static_cast<std::uint8_t>(operation) | flags),
        static_cast<std::uint32_t>(error));
  }

  std::span<std::byte> bytes() { return std::as_writable_bytes(std::span(words_)); }
  void Clear() { words_.clear(); }

 private:
  static_assert(kCommandAlignment == sizeof(std::uint64_t));

  void Write(const Command& command, std::string_view payload) {
    const std::size_t at = words_.size();
    words_.resize(at + (sizeof(command) + payload.size() + 7) / 8);
    std::memcpy(&words_[at], &command, sizeof(command));
    std::copy(payload.begin(), payload.end(),
              reinterpret_cast<char*>(&words_[at]) + sizeof(command));
  }

  std::vector<std::uint64_t> words_;
};

}  // namespace hp::net
