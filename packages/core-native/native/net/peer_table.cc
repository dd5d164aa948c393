// SPDX-License-Identifier: Apache-2.0
#include "net/peer_table.h"

#include <bit>
#include <cstring>
#include <random>
#include <utility>

namespace hp::net {
namespace {

constexpr std::size_t kLeastCapacity = 16;

std::uint64_t RandomWord() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

// SipHash with one round for each word and three at the end.
class SipHash {
 public:
  explicit SipHash(const std::uint64_t (&key)[2])
      : a_(key[0] ^ 0x736f6d6570736575),
        b_(key[1] ^ 0x646f72616e646f6d),
        c_(key[0] ^ 0x6c7967656e657261),
        d_(key[1] ^ 0x7465646279746573) {}

  void Add(std::uint64_t word) {
    d_ ^= word;
    Round();
    a_ ^= word;
  }

  std::uint64_t Finish() {
    c_ ^= 0xff;
    for (int i = 0; i < 3; ++i) Round();
    return a_ ^ b_ ^ c_ ^ d_;
  }

 private:
  void Round() {
    a_ += b_;
    c_ += d_;
    b_ = std::rotl(b_, 13) ^ a_;
    d_ = std::rotl(d_, 16) ^ c_;
    a_ = std::rotl(a_, 32);
    c_ += b_;
    a_ += d_;
    b_ = std::rotl(b_, 17) ^ c_;
    d_ = std::rotl(d_, 21) ^ a_;
    c_ = std::rotl(c_, 32);
  }

  std::uint64_t a_, b_, c_, d_;
};

}  // namespace

PeerTable::PeerTable() : key_{RandomWord(), RandomWord()}, entries_(kLeastCapacity) {}

std::uint64_t PeerTable::Hash(const sys::Endpoint& peer) const {
  std::uint64_t address[2];
  std::memcpy(address, peer.address.data(), sizeof(address));
  SipHash hash(key_);
  hash.Add(address[0]);
  hash.Add(address[1]);
  hash.Add((std::uint64_t{peer.scope} << 32) | (std::uint64_t{peer.port} << 8) |
           static_cast<std::uint64_t>(peer.family));
  return hash.Finish();
}

std::size_t PeerTable::PlaceOf(const sys::Endpoint& peer) const {
  const std::size_t mask = entries_.size() - 1;
  std::size_t place = HomeOf(peer);
  while (entries_[place].slot != kNone && entries_[place].peer != peer) place = (place + 1) & mask;
  return place;
}

std::uint32_t PeerTable::Find(const sys::Endpoint& peer) const {
  return entries_[PlaceOf(peer)].slot;
}

void PeerTable::Insert(const sys::Endpoint& peer, std::uint32_t slot) {
  if (2 * (size_ + 1) > entries_.size()) Resize(2 * entries_.size());
  entries_[PlaceOf(peer)] = {.peer = peer, .slot = slot};
  ++size_;
}

void PeerTable::Erase(const sys::Endpoint& peer, std::uint32_t slot) {
  const std::size_t mask = entries_.size() - 1;
  std::size_t hole = PlaceOf(peer);
  if (entries_[hole].slot != slot) return;
  // What follows moves up, unless it would then stand before its home.
  for (std::size_t next = (hole + 1) & mask; entries_[next].slot != kNone;
       next = (next + 1) & mask) {
    const std::size_t distance = (next - HomeOf(entries_[next].peer)) & mask;
    if (distance < ((next - hole) & mask)) continue;
    entries_[hole] = entries_[next];
    hole = next;
  }
  entries_[hole] = {};
  --size_;
  if (entries_.size() > kLeastCapacity && 8 * size_ < entries_.size()) Resize(entries_.size() / 2);
}

void PeerTable::Resize(std::size_t capacity) {
  const std::vector<Entry> former = std::exchange(entries_, std::vector<Entry>(capacity));
  for (const Entry& entry : former) {
    if (entry.slot != kNone) entries_[PlaceOf(entry.peer)] = entry;
  }
}

}  // namespace hp::net
