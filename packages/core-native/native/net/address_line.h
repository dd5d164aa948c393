// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sys/backend.h"

namespace hp::net {

// The addresses of one name, in the order in which they are to be tried.
//
// One that does not answer in its share of the time goes to the end of the line
// and has twice as long when its turn comes again: it may only be far away. The
// last one in the line has all the time there is.
class AddressLine {
 public:
  void Add(const sys::Endpoint& address) { line_.push_back({.address = address}); }

  bool empty() const { return line_.empty(); }
  const sys::Endpoint& first() const { return line_.front().address; }
  // How long the first one may take; 0: as long as the system tries.
  std::uint64_t share_ms() const { return line_.size() == 1 ? 0 : line_.front().share_ms; }

  // The first one has failed.
  void Drop() { line_.erase(line_.begin()); }

  // The first one has not answered in its share.
  void PutOff() {
    line_.front().share_ms *= 2;
    if (line_.front().share_ms > kLongestShareMs) return Drop();
    std::rotate(line_.begin(), line_.begin() + 1, line_.end());
  }

 private:
  static constexpr std::uint64_t kFirstShareMs = 250;
  static constexpr std::uint64_t kLongestShareMs = 32'000;

  struct Place {
    sys::Endpoint address;
    std::uint64_t share_ms = kFirstShareMs;
  };

  std::vector<Place> line_;
};

}  // namespace hp::net
