// SPDX-License-Identifier: Apache-2.0
#include "node/thread_memory.h"

#include <algorithm>
#include <utility>

namespace hp::node {
namespace {

// Less room than this at the end of a block is not worth a small receive.
constexpr std::size_t kLeastRoom = 4 << 10;

}  // namespace

std::span<std::byte> ThreadMemory::Reserve(const Request& request) {
  const std::size_t least =
      std::min(request.limit, request.bulk ? net::kLeastBulkRoom : kLeastRoom);
  if (current_ == kNone || kBlockBytes - used_ < least) {
    if (!HasRoom()) return {};
    NextBlock();
  }
  return {blocks_[current_].get() + used_, std::min(kBlockBytes - used_, request.limit)};
}

net::ReceiveMemory::Place ThreadMemory::Commit(std::size_t bytes) {
  const Place place{.block = current_, .offset = used_};
  used_ += static_cast<std::uint32_t>(bytes);
  return place;
}

std::optional<net::ReceiveMemory::Place> ThreadMemory::Copy(std::span<const std::byte> bytes,
                                                            bool /*borrowed*/) {
  if (current_ == kNone || kBlockBytes - used_ < bytes.size()) {
    if (!HasRoom()) return std::nullopt;
    NextBlock();
  }
  std::ranges::copy(bytes, blocks_[current_].get() + used_);
  return Commit(bytes.size());
}

void ThreadMemory::NextBlock() {
  if (current_ != kNone) retired_.push_back(current_);
  used_ = 0;
  ++blocks_in_use_;
  if (!free_.empty()) {
    current_ = free_.back();
    free_.pop_back();
    return;
  }
  if (bare_.empty()) {
    current_ = bound_++;
  } else {
    current_ = bare_.back();
    bare_.pop_back();
  }
  blocks_[current_] = std::make_unique_for_overwrite<std::byte[]>(kBlockBytes);
}

std::vector<std::uint32_t> ThreadMemory::TakeRetired() { return std::exchange(retired_, {}); }

void ThreadMemory::GiveBack(const std::vector<std::uint32_t>& blocks) {
  for (const std::uint32_t block : blocks) {
    --blocks_in_use_;
    if (free_.size() < kKeptBlocks) {
      free_.push_back(block);
    } else {
      blocks_[block].reset();
      bare_.push_back(block);
    }
  }
}

void ThreadMemory::Clear() {
  for (std::unique_ptr<std::byte[]>& block : blocks_) block.reset();
}

}  // namespace hp::node
