// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <vector>

namespace hp {

// Objects under dense, recycled indexes ("slots").
//
// Storage grows by segments, each twice as large as the one before. An object
// never moves, and neither does the directory of segments, so another thread
// may look at an object that it has been told of. The newest freed slot is
// reused first, while its memory is still in the cache. T is default-
// constructible and brings its own reset.
template <typename T, std::size_t kFirstSegment = 256>
class SlotTable {
 public:
  using Slot = std::uint32_t;

  SlotTable() = default;
  SlotTable(const SlotTable&) = delete;
  SlotTable& operator=(const SlotTable&) = delete;
  ~SlotTable() {
    for (Slot slot = 0; slot < bound_; ++slot) std::destroy_at(&(*this)[slot]);
  }

  Slot Allocate() {
    ++in_use_;
    Slot slot = 0;
    if (free_.empty()) {
      slot = Grow();
    } else {
      slot = free_.back();
      free_.pop_back();
    }
    ++used_[SegmentOf(slot)];
    return slot;
  }

  void Free(Slot slot) {
    free_.push_back(slot);
    --in_use_;
    --used_[SegmentOf(slot)];
  }

  // Gives memory back: while more than `kept` slots are free, segments at the end
  // that hold no object in use.
  void Trim(std::size_t kept) {
    while (bound_ - in_use_ > kept && bound_ > kFirstSegment) {
      const std::size_t last = SegmentOf(bound_ - 1);
      if (used_[last] != 0) return;
      const Slot first = FirstOf(last);
      for (Slot slot = first; slot < bound_; ++slot) std::destroy_at(At(slot));
      std::erase_if(free_, [first](Slot slot) { return slot >= first; });
      segments_[last].reset();
      bound_ = first;
    }
  }

  T& operator[](Slot slot) { return *At(slot); }
  const T& operator[](Slot slot) const { return *At(slot); }

  // Slots below this bound exist, in use or free.
  Slot bound() const { return bound_; }
  std::size_t in_use() const { return in_use_; }

 private:
  // Memory for objects that are constructed one by one, as slots are first used:
  // what is not used yet does not become resident.
  struct Release {
    void operator()(std::byte* memory) const {
      ::operator delete (memory, std::align_val_t{alignof(T)});
    }
  };
  using Segment = std::unique_ptr<std::byte, Release>;

  static std::size_t SegmentOf(Slot slot) {
    return static_cast<std::size_t>(std::bit_width(slot / kFirstSegment + 1)) - 1;
  }
  static std::size_t SizeOf(std::size_t segment) { return kFirstSegment << segment; }

  static Slot FirstOf(std::size_t segment) {
    return static_cast<Slot>(SizeOf(segment) - kFirstSegment);
  }

  T* At(Slot slot) const {
    const std::size_t segment = SegmentOf(slot);
    return reinterpret_cast<T*>(segments_[segment].get()) + (slot - FirstOf(segment));
  }

  Slot Grow() {
    Segment& segment = segments_[SegmentOf(bound_)];
    if (segment == nullptr) {
      const std::size_t bytes = SizeOf(SegmentOf(bound_)) * sizeof(T);
      segment.reset(static_cast<std::byte*>(::operator new (bytes, std::align_val_t{alignof(T)})));
    }
    std::construct_at(At(bound_));
    return bound_++;
  }

  static constexpr std::size_t kSegments = 24;

  std::array<Segment, kSegments> segments_;
  std::array<std::size_t, kSegments> used_{};
  std::vector<Slot> free_;
  Slot bound_ = 0;
  std::size_t in_use_ = 0;
};

}  // namespace hp
