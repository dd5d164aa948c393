// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "sys/endpoint.h"

namespace hp::sys {

// Room for the control messages of one datagram: an IPv4 one of a dual-stack
// socket arrives with both kinds of packet info.
struct ControlMemory {
  void GiveTo(msghdr& message) {
    message.msg_control = bytes.data();
    message.msg_controllen = bytes.size();
  }

  alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(in_pktinfo)) +
                                             CMSG_SPACE(sizeof(in6_pktinfo))> bytes{};
};

// Has the kernel tell which address each datagram is to be answered from. False
// where it does not, or where there is only one: the socket is bound to it.
bool AskForLocal(int fd);
// What it has told; family kNone where it did not.
Endpoint LocalOf(msghdr& received);

// These add to what `memory` has for a message that is to be sent.
void AddLocal(msghdr& message, ControlMemory& memory, const Endpoint& local);
// Cuts the message up into datagrams of so many bytes.
void AddSegment(msghdr& message, ControlMemory& memory, std::size_t bytes);

}  // namespace hp::sys
