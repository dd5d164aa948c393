// SPDX-License-Identifier: Apache-2.0
#include "link.h"

#include <algorithm>
#include <random>
#include <utility>

namespace hp::tls {

Split Whole() {
  return [](std::size_t available) { return available; };
}

Split OneByOne() {
  return [](std::size_t) { return std::size_t{1}; };
}

Split Randomly(unsigned seed) {
  return [random = std::mt19937(seed)](std::size_t available) mutable {
    const std::size_t scale = std::size_t{1} << random() % 16;
    return std::min(available, 1 + random() % scale);
  };
}

Link::Link(Peer& first, Peer& second, Split split)
    : first_(first), second_(second), split_(std::move(split)) {}

void Link::Settle() {
  bool goes_on = true;
  while (goes_on) {
    goes_on = Carry(first_, second_, to_second_);
    goes_on |= Carry(second_, first_, to_first_);
  }
}

bool Link::Carry(Peer& from, Peer& to, std::string& under_way) {
  under_way += from.Take();
  if (under_way.empty()) return false;
  for (std::string_view rest = under_way; !rest.empty();) {
    const std::size_t count = split_(rest.size());
    to.Give(rest.substr(0, count));
    rest.remove_prefix(count);
  }
  under_way.clear();
  return true;
}

}  // namespace hp::tls
