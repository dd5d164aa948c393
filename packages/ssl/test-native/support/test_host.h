// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "hp/stream_filter.h"

namespace hp::tls {

// What a filter sees of the core, with as much room as a test gives it, and what
// has come out of the filter.
class TestHost : public HpFilterHost {
 public:
  static constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

  struct Telling {
    std::uint32_t code;
    std::string bytes;
  };

  TestHost();
  TestHost(const TestHost&) = delete;
  TestHost& operator=(const TestHost&) = delete;

  // Room for plain bytes: at most so many at once, and so many until there is none.
  std::size_t plain_step = 65536;
  std::size_t plain_stock = kUnlimited;
  std::size_t wire_step = 65536;
  // How many times it has no room for what it is told.
  int refused_tells = 0;

  std::string plain;  // for the application
  std::string wire;   // for the peer
  std::vector<Telling> told;
  int readies = 0;
  int permits = 0;
  std::uint32_t deadline_ms = 0;
  // Calls that the contract does not allow.
  int misuses = 0;

  // The last that was told with this code; empty where there was none.
  std::string Last(std::uint32_t code) const;

 private:
  // Memory of its own for each reservation, so that a sanitizer sees its bounds.
  struct Room {
    std::unique_ptr<std::uint8_t[]> memory;
    std::size_t size = 0;

    std::uint8_t* Reserve(std::size_t bytes);
    // False where there is no such reservation.
    bool MoveTo(std::string& out, std::size_t bytes);
  };

  static TestHost& Of(HpFilterHost* host) { return *static_cast<TestHost*>(host); }

  Room plain_room_;
  Room wire_room_;
};

}  // namespace hp::tls
