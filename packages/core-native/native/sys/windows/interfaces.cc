// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <vector>

#include "sys/sockets/socket_address.h"
#include "sys/sockets/system_sockets.h"
#include "sys/windows/native_socket.h"

// Behind those of Winsock.
#include <iphlpapi.h>

namespace hp::sys {
namespace {

bool HasAddress(const IP_ADAPTER_ADDRESSES& adapter, const Endpoint& address) {
  for (const auto* each = adapter.FirstUnicastAddress; each != nullptr; each = each->Next) {
    const Endpoint own = ToEndpoint(each->Address.lpSockaddr,
                                    static_cast<std::size_t>(each->Address.iSockaddrLength));
    if (own.family == address.family && own.address == address.address) return true;
  }
  return false;
}

}  // namespace

std::uint32_t InterfaceOf(const Endpoint& address) {
  constexpr ULONG kFlags =
      GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER;
  const ULONG family = address.family == Family::kIPv4 ? AF_INET : AF_INET6;
  std::vector<std::byte> memory;
  ULONG size = 16'384;
  ULONG error = ERROR_BUFFER_OVERFLOW;
  while (error == ERROR_BUFFER_OVERFLOW) {
    memory.resize(size);
    error = GetAdaptersAddresses(family, kFlags, nullptr,
                                 reinterpret_cast<IP_ADAPTER_ADDRESSES*>(memory.data()), &size);
  }
  if (error != NO_ERROR) return 0;
  const auto* first = reinterpret_cast<const IP_ADAPTER_ADDRESSES*>(memory.data());
  for (const auto* each = first; each != nullptr; each = each->Next) {
    if (!HasAddress(*each, address)) continue;
    // It is one number, which is 0 in the place of a family that the interface
    // does not have.
    return each->IfIndex != 0 ? each->IfIndex : each->Ipv6IfIndex;
  }
  return 0;
}

}  // namespace hp::sys
