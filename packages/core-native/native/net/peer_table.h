// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sys/endpoint.h"

namespace hp::net {

// Slots by the address of the peer: open addressing with a hash whose key nobody
// outside knows, so that no choice of addresses makes a look-up long. Memory
// follows the number of peers, down as well as up.
class PeerTable {
 public:
  static constexpr std::uint32_t kNone = 0xffff'ffff;

  PeerTable();

  // The slot of a peer; kNone for a stranger.
  std::uint32_t Find(const sys::Endpoint& peer) const;
  // Of a peer that is not in the table.
  void Insert(const sys::Endpoint& peer, std::uint32_t slot);
  // Of a peer that is; not where it has another slot by now.
  void Erase(const sys::Endpoint& peer, std::uint32_t slot);

  std::size_t size() const { return size_; }
  std::size_t capacity() const { return entries_.size(); }

 private:
  struct Entry {
    sys::Endpoint peer;
    std::uint32_t slot = kNone;
  };

  std::uint64_t Hash(const sys::Endpoint& peer) const;
  // Where a peer is, or the free place where it would be.
  std::size_t PlaceOf(const sys::Endpoint& peer) const;
  std::size_t HomeOf(const sys::Endpoint& peer) const { return Hash(peer) & (entries_.size() - 1); }
  void Resize(std::size_t capacity);

  std::uint64_t key_[2];
  std::vector<Entry> entries_;  // a power of two of them
  std::size_t size_ = 0;
};

}  // namespace hp::net
