// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace hp::tls {

// One end of a connection.
class Peer {
 public:
  virtual ~Peer() = default;

  // Bytes have come from the other end.
  virtual void Give(std::string_view bytes) = 0;
  // What it has for the other end.
  virtual std::string Take() = 0;
};

}  // namespace hp::tls
