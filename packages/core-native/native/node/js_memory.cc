// SPDX-License-Identifier: Apache-2.0
#include "node/js_memory.h"

#include <algorithm>
#include <cstring>

namespace hp::node {
namespace {

// Less room than this at the end of a block is not worth a small receive.
constexpr std::size_t kLeastStagingRoom = 4 << 10;

// Payloads begin at multiples of 8, so that typed arrays can be laid over them.
std::uint32_t Aligned(std::size_t bytes) { return static_cast<std::uint32_t>((bytes + 7) & ~7ULL); }

}  // namespace

JsMemory::JsMemory() : scratch_(std::make_unique_for_overwrite<std::byte[]>(kLargeBytes)) {}

void JsMemory::Ring::Next() {
  ++given;
  used = 0;
}

void JsMemory::SetBlock(std::uint32_t index, std::byte* memory) {
  if (index >= kBlocks) return;
  Ring& ring = index < kSlabs ? slabs_ : index < kSlabs + kLarges ? larges_ : stagings_;
  if (blocks_[index] != nullptr) ++ring.restocked;
  blocks_[index] = memory;
}

bool JsMemory::MakeRoom(Ring& ring, std::size_t bytes) {
  if (ring.left() != 0 && ring.room() < bytes) ring.Next();
  return ring.left() != 0;
}

std::span<std::byte> JsMemory::RoomOf(const Ring& ring, std::size_t limit) const {
  return {blocks_[ring.current()] + ring.used, std::min<std::size_t>(ring.room(), limit)};
}

std::span<std::byte> JsMemory::Reserve(const Request& request) {
  if (request.borrowed) {
    target_ = Target::kStaging;
    const std::size_t least = request.bulk ? kLargeBytes : kLeastStagingRoom;
    if (!MakeRoom(stagings_, std::min(request.limit, least))) return {};
    return RoomOf(stagings_, request.limit);
  }
  if (request.bulk) {
    target_ = Target::kLarge;
    if (!MakeRoom(larges_, std::min(request.limit, net::kLeastBulkRoom))) return {};
    return RoomOf(larges_, request.limit);
  }
  // Whatever arrives in the scratch must find a place after it: two slabs, since
  // the first may lack the room, or a large block.
  target_ = Target::kScratch;
  if (slabs_.left() < 2 || larges_.left() < 2) return {};
  return {scratch_.get(), std::min<std::size_t>(kLargeBytes, request.limit)};
}

JsMemory::Place JsMemory::Take(Ring& ring, std::size_t bytes) {
  const Place place{.block = ring.current(), .offset = ring.used};
  ring.used = std::min(ring.capacity, ring.used + Aligned(bytes));
  return place;
}

// Copies into memory that is JavaScript's for good. The room has been checked.
JsMemory::Place JsMemory::Keep(std::span<const std::byte> bytes) {
  Ring& ring = bytes.size() <= kSlabBytes ? slabs_ : larges_;
  MakeRoom(ring, bytes.size());
  std::memcpy(blocks_[ring.current()] + ring.used, bytes.data(), bytes.size());
  return Take(ring, bytes.size());
}

JsMemory::Place JsMemory::Commit(std::size_t bytes) {
  switch (target_) {
    case Target::kStaging:
      return Take(stagings_, bytes);
    case Target::kLarge:
      if (bytes > kSlabBytes || slabs_.left() < 2) return Take(larges_, bytes);
      return Keep({blocks_[larges_.current()] + larges_.used, bytes});
    case Target::kScratch:
      break;
  }
  return Keep({scratch_.get(), bytes});
}

std::optional<JsMemory::Place> JsMemory::Copy(std::span<const std::byte> bytes, bool borrowed) {
  if (borrowed) {
    if (!MakeRoom(stagings_, bytes.size())) return std::nullopt;
    std::memcpy(blocks_[stagings_.current()] + stagings_.used, bytes.data(), bytes.size());
    return Take(stagings_, bytes.size());
  }
  if (slabs_.left() < 2 || larges_.left() < 2) return std::nullopt;
  return Keep(bytes);
}

void JsMemory::EndBatch() {
  stagings_.given = stagings_.restocked;
  stagings_.used = 0;
}

}  // namespace hp::node
