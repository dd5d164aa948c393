// SPDX-License-Identifier: Apache-2.0
#include "sys/linux/datagram_control.h"

#include <netinet/udp.h>

#include <cstring>

#include "sys/stream_socket.h"

namespace hp::sys {
namespace {

bool SwitchOn(int fd, int level, int name) {
  const int on = 1;
  return setsockopt(fd, level, name, &on, sizeof(on)) == 0;
}

template <typename T>
T ContentOf(const cmsghdr& control) {
  T content;
  std::memcpy(&content, CMSG_DATA(&control), sizeof(content));
  return content;
}

template <typename T>
void Add(msghdr& message, ControlMemory& memory, int level, int type, const T& content) {
  std::byte* const place = memory.bytes.data() + message.msg_controllen;
  const cmsghdr header{.cmsg_len = CMSG_LEN(sizeof(T)), .cmsg_level = level, .cmsg_type = type};
  std::memcpy(place, &header, sizeof(header));
  std::memcpy(place + CMSG_LEN(0), &content, sizeof(content));
  message.msg_control = memory.bytes.data();
  message.msg_controllen += CMSG_SPACE(sizeof(T));
}

// The address in the datagram may be a broadcast's or a group's, which nobody
// answers from: the kernel says what is to be answered from instead.
Endpoint ToLocal(const in_pktinfo& info) {
  Endpoint local;
  if (info.ipi_spec_dst.s_addr == 0) return local;
  local.family = Family::kIPv4;
  std::memcpy(local.address.data(), &info.ipi_spec_dst, sizeof(info.ipi_spec_dst));
  return local;
}

// Here it does not say, and a group leaves the choice to it.
Endpoint ToLocal(const in6_pktinfo& info) {
  Endpoint local;
  if (IN6_IS_ADDR_MULTICAST(&info.ipi6_addr)) return local;
  local.family = Family::kIPv6;
  std::memcpy(local.address.data(), &info.ipi6_addr, sizeof(info.ipi6_addr));
  // A link-local address is one only together with its interface.
  if (IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr)) local.scope = info.ipi6_ifindex;
  return local;
}

}  // namespace

bool AskForLocal(int fd) {
  Endpoint bound;
  if (LocalEndpoint(fd, bound) != ErrorCode::kOk || bound.address != Endpoint{}.address) {
    return false;
  }
  // A dual-stack socket has peers of both families.
  return SwitchOn(fd, IPPROTO_IP, IP_PKTINFO) &&
         (bound.family == Family::kIPv4 || SwitchOn(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO));
}

Endpoint LocalOf(msghdr& received) {
  Endpoint local;
  for (cmsghdr* each = CMSG_FIRSTHDR(&received); each != nullptr;
       each = CMSG_NXTHDR(&received, each)) {
    if (each->cmsg_level == IPPROTO_IP && each->cmsg_type == IP_PKTINFO) {
      // Of an IPv4 datagram this one counts, whatever else there is.
      return ToLocal(ContentOf<in_pktinfo>(*each));
    }
    if (each->cmsg_level == IPPROTO_IPV6 && each->cmsg_type == IPV6_PKTINFO) {
      local = ToLocal(ContentOf<in6_pktinfo>(*each));
    }
  }
  return local;
}

void AddLocal(msghdr& message, ControlMemory& memory, const Endpoint& local) {
  if (local.family == Family::kIPv4) {
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, local.address.data(), sizeof(info.ipi_spec_dst));
    return Add(message, memory, IPPROTO_IP, IP_PKTINFO, info);
  }
  in6_pktinfo info{.ipi6_ifindex = local.scope};
  std::memcpy(&info.ipi6_addr, local.address.data(), sizeof(info.ipi6_addr));
  Add(message, memory, IPPROTO_IPV6, IPV6_PKTINFO, info);
}

void AddSegment(msghdr& message, ControlMemory& memory, std::size_t bytes) {
  Add(message, memory, IPPROTO_UDP, UDP_SEGMENT, static_cast<std::uint16_t>(bytes));
}

}  // namespace hp::sys
