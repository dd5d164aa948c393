// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

#include "net/component.h"
#include "net/peer_table.h"
#include "sys/backend.h"

namespace hp::net {

// One datagram socket of a component within one reactor. A connection is a peer
// of it; it stays as long as connections refer to it, also when it is closed.
struct DatagramEndpoint {
  enum class Role : std::uint8_t {
    kServer,  // each remote address is a connection
    kClient,  // connected to the one peer there is
    kCast,    // one connection: a group, or everyone within reach of a broadcast
  };

  // A datagram that the socket had no room for.
  struct Waiting {
    std::uint32_t slot;
    std::uint64_t id;
    std::size_t bytes;
    std::unique_ptr<std::byte[]> memory;
  };

  // Whether there is, or may be, something that no connection knows of yet.
  bool has_unread() const { return readable || in_ready_list; }

  sys::Socket socket;
  Component* component = nullptr;
  Role role = Role::kServer;
  PeerTable peers;         // of a server
  std::uint32_t slot = 0;  // of the one connection otherwise
  std::deque<Waiting> waiting;
  std::uint64_t reject_turn = 0;  // in which a reject was told last
  std::uint32_t burst = 0;        // datagrams that one receive has brought lately
  bool send_pending = false;      // a kSent will come
  bool readable = false;          // the backend has more, or has told so while nobody asked
  bool in_ready_list = false;     // see Context::ready_endpoints
};

}  // namespace hp::net
