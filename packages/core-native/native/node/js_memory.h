// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "net/receive_memory.h"

namespace hp::node {

// JavaScript's receive memory, as the engine has supplied it (src/blocks.ts):
// three rings of blocks, each used in turn.
//
// - slabs take small payloads, packed; once full they belong to JavaScript;
// - large blocks take one or a few big payloads, and belong to JavaScript then;
// - staging blocks are lent for one batch and used again.
//
// The engine replaces what was given away after each batch. Until then the
// stock is finite, and Reserve() answers with nothing when it is used up.
class JsMemory final : public net::ReceiveMemory {
 public:
  static constexpr std::uint32_t kSlabBytes = 8 << 10;
  static constexpr std::uint32_t kLargeBytes = 64 << 10;
  static constexpr std::uint32_t kSlabs = 48;
  static constexpr std::uint32_t kLarges = 8;
  static constexpr std::uint32_t kStagings = 4;
  static constexpr std::uint32_t kBlocks = kSlabs + kLarges + kStagings;

  JsMemory();

  void SetBlock(std::uint32_t index, std::byte* memory);

  bool HasRoom() const override { return true; }  // restocked after each batch
  std::span<std::byte> Reserve(const Request& request) override;
  Place Commit(std::size_t bytes) override;
  std::optional<Place> Copy(std::span<const std::byte> bytes, bool borrowed) override;

  // The batch is over: what was lent is free again.
  void EndBatch();

  // Blocks that are JavaScript's for good, all that lies in them being told.
  struct Given {
    std::uint32_t slabs;
    std::uint32_t larges;
  };
  Given given() const { return {.slabs = slabs_.given, .larges = larges_.given}; }

 private:
  // Blocks [first, first + count) of the table, used round and round. Those from
  // `given` to `restocked + count` are the stock; `used` bytes of the current
  // one are taken.
  struct Ring {
    std::uint32_t first;
    std::uint32_t count;
    std::uint32_t capacity;
    std::uint32_t given = 0;
    std::uint32_t restocked = 0;
    std::uint32_t used = 0;

    std::uint32_t current() const { return first + given % count; }
    std::uint32_t left() const { return restocked + count - given; }
    std::uint32_t room() const { return capacity - used; }
    void Next();
  };
  enum class Target : std::uint8_t { kScratch, kLarge, kStaging };

  bool MakeRoom(Ring& ring, std::size_t bytes);
  std::span<std::byte> RoomOf(const Ring& ring, std::size_t limit) const;
  Place Take(Ring& ring, std::size_t bytes);
  Place Keep(std::span<const std::byte> bytes);

  std::array<std::byte*, kBlocks> blocks_{};
  Ring slabs_{.first = 0, .count = kSlabs, .capacity = kSlabBytes};
  Ring larges_{.first = kSlabs, .count = kLarges, .capacity = kLargeBytes};
  Ring stagings_{.first = kSlabs + kLarges, .count = kStagings, .capacity = kLargeBytes};
  std::unique_ptr<std::byte[]> scratch_;
  Target target_ = Target::kScratch;
};

}  // namespace hp::node
