// SPDX-License-Identifier: Apache-2.0
#include "tls/told.h"

#include <array>

namespace hp::tls {

void Info::Add(InfoTag tag, Bytes bytes) {
  constexpr std::size_t kHead = 3;
  if (bytes_.size() + kHead + bytes.size() > kMaxBytes) return;
  bytes_.push_back(static_cast<std::uint8_t>(tag));
  bytes_.push_back(static_cast<std::uint8_t>(bytes.size()));
  bytes_.push_back(static_cast<std::uint8_t>(bytes.size() >> 8));
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

void Info::Add(InfoTag tag, std::string_view text) {
  Add(tag, Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

void Info::AddNumber(InfoTag tag, std::uint16_t number) {
  Add(tag, std::array{static_cast<std::uint8_t>(number), static_cast<std::uint8_t>(number >> 8)});
}

void Info::AddFlag(InfoTag tag, bool flag) {
  Add(tag, std::array{static_cast<std::uint8_t>(flag ? 1 : 0)});
}

}  // namespace hp::tls
