// SPDX-License-Identifier: Apache-2.0
#include "test_host.h"

#include <algorithm>

namespace hp::tls {
namespace {

// What the core tells at most.
constexpr std::size_t kMaxTold = 8192;

}  // namespace

std::uint8_t* TestHost::Room::Reserve(std::size_t bytes) {
  memory = std::make_unique_for_overwrite<std::uint8_t[]>(bytes);
  size = bytes;
  return memory.get();
}

bool TestHost::Room::MoveTo(std::string& out, std::size_t bytes) {
  if (memory == nullptr || bytes > size) return false;
  out.append(reinterpret_cast<const char*>(memory.get()), bytes);
  memory.reset();
  return true;
}

TestHost::TestHost() : HpFilterHost{} {
  reserve_plain = [](HpFilterHost* host, std::size_t* room) -> std::uint8_t* {
    *room = std::min(Of(host).plain_step, Of(host).plain_stock);
    return *room == 0 ? nullptr : Of(host).plain_room_.Reserve(*room);
  };
  commit_plain = [](HpFilterHost* host, std::size_t size) {
    TestHost& self = Of(host);
    if (!self.plain_room_.MoveTo(self.plain, size)) ++self.misuses;
    if (self.plain_stock != kUnlimited) self.plain_stock -= std::min(size, self.plain_stock);
  };
  reserve_wire = [](HpFilterHost* host, std::size_t wanted, std::size_t* room) {
    if (wanted == 0) ++Of(host).misuses;
    *room = std::clamp<std::size_t>(wanted, 1, Of(host).wire_step);
    return Of(host).wire_room_.Reserve(*room);
  };
  commit_wire = [](HpFilterHost* host, std::size_t size) {
    if (!Of(host).wire_room_.MoveTo(Of(host).wire, size)) ++Of(host).misuses;
  };
  ready = [](HpFilterHost* host) { ++Of(host).readies; };
  permit = [](HpFilterHost* host) { ++Of(host).permits; };
  tell = [](HpFilterHost* host, std::uint32_t code, const std::uint8_t* data, std::size_t size) {
    TestHost& self = Of(host);
    self.plain_room_.memory.reset();
    if (size > kMaxTold) ++self.misuses;
    if (self.refused_tells > 0) {
      --self.refused_tells;
      return 0;
    }
    self.told.push_back({code, std::string(reinterpret_cast<const char*>(data), size)});
    return 1;
  };
  set_deadline = [](HpFilterHost* host, std::uint32_t ms) { Of(host).deadline_ms = ms; };
}

std::string TestHost::Last(std::uint32_t code) const {
  const auto found = std::find_if(told.rbegin(), told.rend(),
                                  [code](const Telling& telling) { return telling.code == code; });
  return found == told.rend() ? "" : found->bytes;
}

}  // namespace hp::tls
