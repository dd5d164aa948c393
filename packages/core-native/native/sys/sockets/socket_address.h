// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "native_socket.h"
#include "sys/endpoint.h"

namespace hp::sys {

struct SocketAddress {
  union {
    sockaddr_storage storage;
    sockaddr base;
    sockaddr_in v4;
    sockaddr_in6 v6;
  };
  SocketLength length = sizeof(sockaddr_storage);
};

SocketAddress ToSocketAddress(const Endpoint& endpoint);
Endpoint ToEndpoint(const SocketAddress& address);
// Of an address in memory of the system's.
Endpoint ToEndpoint(const sockaddr* address, std::size_t length);

}  // namespace hp::sys
