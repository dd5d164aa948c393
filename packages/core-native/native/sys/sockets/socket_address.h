// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "native_socket.h"
#include "sys/endpoint.h"

namespace hp::sys {

// Of one of the two families there are here.
struct SocketAddress {
  union {
    sockaddr_in6 v6{};  // the largest
    sockaddr_in v4;
    sockaddr base;
  };
  SocketLength length = sizeof(sockaddr_in6);
};

SocketAddress ToSocketAddress(const Endpoint& endpoint);
Endpoint ToEndpoint(const SocketAddress& address);
// Of an address in memory of the system's.
Endpoint ToEndpoint(const sockaddr* address, std::size_t length);

}  // namespace hp::sys
