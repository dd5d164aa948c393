// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <tuple>

#include "net/peer_table.h"

namespace hp::net {
namespace {

struct Before {
  bool operator()(const sys::Endpoint& a, const sys::Endpoint& b) const {
    return std::tie(a.family, a.address, a.port, a.scope) <
           std::tie(b.family, b.address, b.port, b.scope);
  }
};

// The same numbers in every run.
class Random {
 public:
  std::uint32_t Below(std::uint32_t bound) { return static_cast<std::uint32_t>(engine_()) % bound; }

  // One of few enough that most are met again, and that differ in one respect often.
  sys::Endpoint Peer() {
    sys::Endpoint peer;
    peer.family = Below(2) == 0 ? sys::Family::kIPv4 : sys::Family::kIPv6;
    peer.address[0] = static_cast<std::uint8_t>(Below(8));
    if (peer.family == sys::Family::kIPv6) {
      peer.address[15] = static_cast<std::uint8_t>(Below(8));
      peer.scope = Below(3);
    }
    peer.port = static_cast<std::uint16_t>(Below(16));
    return peer;
  }

 private:
  std::mt19937 engine_{1};
};

sys::Endpoint Nth(std::uint32_t index) {
  sys::Endpoint peer{.address = {10}, .family = sys::Family::kIPv4};
  peer.address[1] = static_cast<std::uint8_t>(index >> 24);
  peer.address[2] = static_cast<std::uint8_t>(index >> 16);
  peer.port = static_cast<std::uint16_t>(index);
  return peer;
}

TEST(PeerTable, DoesWhatAMapDoes) {
  Random random;
  PeerTable table;
  std::map<sys::Endpoint, std::uint32_t, Before> map;
  for (std::uint32_t step = 0; step < 120'000; ++step) {
    // More come than go, then more go than come.
    const bool grows = step / 20'000 % 2 == 0;
    const sys::Endpoint peer = random.Peer();
    const auto known = map.find(peer);
    ASSERT_EQ(table.Find(peer), known == map.end() ? PeerTable::kNone : known->second);
    const bool adds = random.Below(4) != 0;
    if (known == map.end()) {
      if (adds != grows) continue;
      table.Insert(peer, step);
      map.emplace(peer, step);
    } else if (adds == grows) {
      continue;
    } else {
      table.Erase(peer, known->second);
      map.erase(known);
    }
    ASSERT_EQ(table.size(), map.size());
  }
  for (const auto& [peer, slot] : map) EXPECT_EQ(table.Find(peer), slot);
}

TEST(PeerTable, TellsApartWhatDiffersInOneRespect) {
  const sys::Endpoint first{.address = {1}, .scope = 1, .port = 1, .family = sys::Family::kIPv6};
  std::vector<sys::Endpoint> others(4, first);
  others[0].address[15] = 1;
  others[1].scope = 2;
  others[2].port = 2;
  others[3].family = sys::Family::kIPv4;
  PeerTable table;
  table.Insert(first, 7);
  for (const sys::Endpoint& each : others) EXPECT_EQ(table.Find(each), PeerTable::kNone);
  for (std::uint32_t i = 0; i < 4; ++i) table.Insert(others[i], i);
  EXPECT_EQ(table.Find(first), 7U);
  for (std::uint32_t i = 0; i < 4; ++i) EXPECT_EQ(table.Find(others[i]), i);
}

TEST(PeerTable, ErasesNobodyWhoHasAnotherSlotByNow) {
  PeerTable table;
  table.Insert(Nth(1), 1);
  table.Erase(Nth(1), 2);
  EXPECT_EQ(table.Find(Nth(1)), 1U);
  // Nor a stranger.
  table.Erase(Nth(2), 1);
  table.Erase(Nth(2), 0);
  EXPECT_EQ(table.size(), 1U);
  EXPECT_EQ(table.Find(Nth(1)), 1U);
}

TEST(PeerTable, KeepsNoMemoryForAMillionShortLivedPeers) {
  PeerTable table;
  const std::size_t least = table.capacity();
  constexpr std::uint32_t kPeers = 1'000'000;
  // A few at a time.
  std::size_t most = 0;
  for (std::uint32_t i = 0; i < kPeers; ++i) {
    table.Insert(Nth(i), i);
    if (i >= 100) table.Erase(Nth(i - 100), i - 100);
    most = std::max(most, table.capacity());
  }
  EXPECT_LE(most, 1024U);
  for (std::uint32_t i = kPeers - 100; i < kPeers; ++i) table.Erase(Nth(i), i);
  EXPECT_EQ(table.size(), 0U);
  EXPECT_EQ(table.capacity(), least);
}

TEST(PeerTable, GivesBackWhatManyAtOnceHaveTaken) {
  PeerTable table;
  const std::size_t least = table.capacity();
  constexpr std::uint32_t kPeers = 100'000;
  for (std::uint32_t i = 0; i < kPeers; ++i) table.Insert(Nth(i), i);
  EXPECT_EQ(table.size(), kPeers);
  EXPECT_LE(table.capacity(), 4 * kPeers);
  for (std::uint32_t i = 0; i < kPeers; ++i) {
    ASSERT_EQ(table.Find(Nth(i)), i);
    table.Erase(Nth(i), i);
  }
  EXPECT_EQ(table.size(), 0U);
  EXPECT_EQ(table.capacity(), least);
}

}  // namespace
}  // namespace hp::net
