// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "net/receive_memory.h"

namespace hp::node {

// The receive memory of a reactor thread: blocks of its own, filled one after
// the other. JavaScript's thread copies out of them; a block comes back when
// all that was told of it has been handled. Bounded, so that a reactor whose
// JavaScript is busy stops receiving and goes on with everything else.
class ThreadMemory final : public net::ReceiveMemory {
 public:
  static constexpr std::size_t kBlockBytes = 64 << 10;
  static constexpr std::size_t kMaxBlocks = 256;
  // Free blocks kept for the next burst.
  static constexpr std::size_t kKeptBlocks = 8;

  bool HasRoom() const override { return !free_.empty() || blocks_in_use_ < kMaxBlocks; }
  std::span<std::byte> Reserve(const Request& request) override;
  Place Commit(std::size_t bytes) override;
  std::optional<Place> Copy(std::span<const std::byte> bytes, bool borrowed) override;

  // The blocks that were left behind since the last call: they may come back
  // once everything told up to now has been handled.
  std::vector<std::uint32_t> TakeRetired();
  void GiveBack(const std::vector<std::uint32_t>& blocks);
  // Frees everything; nothing is received any more.
  void Clear();

  // For JavaScript's thread, of blocks that are not back yet.
  const std::byte* At(std::uint32_t block, std::uint32_t offset) const {
    return blocks_[block].get() + offset;
  }

 private:
  static constexpr std::uint32_t kNone = 0xffff'ffff;

  void NextBlock();

  // The table never moves: JavaScript's thread reads it.
  std::unique_ptr<std::byte[]> blocks_[kMaxBlocks];
  std::vector<std::uint32_t> free_;  // with memory
  std::vector<std::uint32_t> bare_;  // without
  std::vector<std::uint32_t> retired_;
  std::size_t blocks_in_use_ = 0;
  std::uint32_t bound_ = 0;
  std::uint32_t current_ = kNone;
  std::uint32_t used_ = 0;
};

}  // namespace hp::node
