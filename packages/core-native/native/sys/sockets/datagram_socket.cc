// SPDX-License-Identifier: Apache-2.0
#include "sys/datagram_socket.h"

#include <cstring>

#include "sys/sockets/socket_address.h"
#include "sys/sockets/socket_setup.h"
#include "sys/sockets/system_sockets.h"
#include "system_error.h"

namespace hp::sys {
namespace {

template <typename T>
bool Set(Handle handle, int level, int name, const T& value) {
  return setsockopt(ToNative(handle), level, name, reinterpret_cast<const OptionBytes*>(&value),
                    sizeof(value)) == 0;
}

bool JoinIPv4(Handle handle, const Membership& membership) {
  ip_mreq group{};
  std::memcpy(&group.imr_multiaddr, membership.group.address.data(), 4);
  // Without one: 0.0.0.0, any.
  std::memcpy(&group.imr_interface, membership.via.address.data(), 4);
  return Set(handle, IPPROTO_IP, IP_MULTICAST_TTL, int{membership.ttl}) &&
         Set(handle, IPPROTO_IP, IP_MULTICAST_LOOP, int{membership.loop}) &&
         Set(handle, IPPROTO_IP, IP_MULTICAST_IF, group.imr_interface) &&
         Set(handle, IPPROTO_IP, IP_ADD_MEMBERSHIP, group);
}

bool JoinIPv6(Handle handle, const Membership& membership, std::uint32_t index) {
  ipv6_mreq group{};
  std::memcpy(&group.ipv6mr_multiaddr, membership.group.address.data(), 16);
  group.ipv6mr_interface = index;
  return Set(handle, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, int{membership.ttl}) &&
         Set(handle, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, int{membership.loop}) &&
         Set(handle, IPPROTO_IPV6, IPV6_MULTICAST_IF, index) &&
         Set(handle, IPPROTO_IPV6, IPV6_JOIN_GROUP, group);
}

// Groups of IPv6 are joined on interfaces by number: that of a zone, or of an address.
std::uint32_t InterfaceFor(const Membership& membership) {
  if (membership.via.scope != 0) return membership.via.scope;
  if (membership.via.family != Family::kNone) return InterfaceOf(membership.via);
  return membership.group.scope;
}

}  // namespace

Failure OpenDatagram(Family family, const SocketOptions& options, Handle& handle) {
  const Handle made = NewDatagram(family);
  if (made == kNoHandle) return LastFailure("socket");
  if (!ApplyDatagramOptions(made, family, options) || !SetRawOptions(made, options.raw)) {
    return CloseAfter(made, LastFailure("setsockopt"));
  }
  ReceiveOwnGroupsOnly(made, family);
  handle = made;
  return {};
}

Failure ConnectDatagram(Handle handle, const Endpoint& peer) {
  const SocketAddress address = ToSocketAddress(peer);
  if (connect(ToNative(handle), &address.base, address.length) != 0) return LastFailure("connect");
  ReportRefusals(handle);
  return {};
}

Failure JoinGroup(Handle handle, const Membership& membership) {
  if (membership.group.family == Family::kIPv4) {
    return JoinIPv4(handle, membership) ? Failure{} : LastFailure("setsockopt");
  }
  const std::uint32_t index = InterfaceFor(membership);
  if (index == 0 && membership.via.family != Family::kNone) {
    return {.error = ErrorCode::kAddressNotAvailable, .call = "setsockopt"};
  }
  return JoinIPv6(handle, membership, index) ? Failure{} : LastFailure("setsockopt");
}

Failure SendThrough(Handle handle, const Endpoint& via) {
  // The system's choice.
  if (via.family == Family::kNone) return {};
  const std::uint32_t index = InterfaceOf(via);
  if (index == 0) return {.error = ErrorCode::kAddressNotAvailable, .call = "setsockopt"};
  // In the byte order of the network, unlike all other numbers of interfaces.
  if (Set(handle, IPPROTO_IP, IP_UNICAST_IF, htonl(index))) return {};
  return LastFailure("setsockopt");
}

}  // namespace hp::sys
