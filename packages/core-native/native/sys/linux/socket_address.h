// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "sys/endpoint.h"

namespace hp::sys {

struct SocketAddress {
  union {
    sockaddr_storage storage;
    sockaddr base;
    sockaddr_in v4;
    sockaddr_in6 v6;
  };
  socklen_t length = sizeof(sockaddr_storage);
};

SocketAddress ToSocketAddress(const Endpoint& endpoint);
Endpoint ToEndpoint(const SocketAddress& address);

}  // namespace hp::sys
