// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "peer.h"

namespace hp::tls {

// How many of the bytes at hand arrive together.
using Split = std::function<std::size_t(std::size_t available)>;

Split Whole();
Split OneByOne();
// Of any size, small ones mostly.
Split Randomly(unsigned seed);

// A connection between two peers.
class Link {
 public:
  Link(Peer& first, Peer& second, Split split = Whole());

  // Carries bytes until neither peer has any.
  void Settle();

 private:
  bool Carry(Peer& from, Peer& to, std::string& under_way);

  Peer& first_;
  Peer& second_;
  Split split_;
  std::string to_first_;
  std::string to_second_;
};

}  // namespace hp::tls
