// SPDX-License-Identifier: Apache-2.0
#include "sys/sockets/socket_address.h"

#include <algorithm>
#include <cstring>

#include "sys/sockets/system_sockets.h"

namespace hp::sys {

SocketAddress ToSocketAddress(const Endpoint& endpoint) {
  SocketAddress address;
  if (endpoint.family == Family::kIPv4) {
    address.v4.sin_family = AF_INET;
    address.v4.sin_port = htons(endpoint.port);
    std::memcpy(&address.v4.sin_addr, endpoint.address.data(), 4);
    address.length = sizeof(sockaddr_in);
  } else {
    address.v6.sin6_family = AF_INET6;
    address.v6.sin6_port = htons(endpoint.port);
    std::memcpy(&address.v6.sin6_addr, endpoint.address.data(), 16);
    address.v6.sin6_scope_id = endpoint.scope;
    address.length = sizeof(sockaddr_in6);
  }
  return address;
}

Endpoint ToEndpoint(const SocketAddress& address) {
  Endpoint endpoint;
  if (address.base.sa_family == AF_INET) {
    endpoint.family = Family::kIPv4;
    endpoint.port = ntohs(address.v4.sin_port);
    std::memcpy(endpoint.address.data(), &address.v4.sin_addr, 4);
  } else if (address.base.sa_family == AF_INET6) {
    endpoint.family = Family::kIPv6;
    endpoint.port = ntohs(address.v6.sin6_port);
    std::memcpy(endpoint.address.data(), &address.v6.sin6_addr, 16);
    endpoint.scope = address.v6.sin6_scope_id;
  }
  return endpoint;
}

Endpoint ToEndpoint(const sockaddr* address, std::size_t length) {
  SocketAddress copy;
  std::memcpy(&copy.v6, address, std::min(length, sizeof(copy.v6)));
  return ToEndpoint(copy);
}

std::optional<Endpoint> ParseAddress(const std::string& text, std::uint16_t port) {
  // What reads it below would stop there.
  if (text.find('\0') != std::string::npos) return std::nullopt;
  Endpoint endpoint;
  endpoint.port = port;
  if (inet_pton(AF_INET, text.c_str(), endpoint.address.data()) == 1) {
    endpoint.family = Family::kIPv4;
    return endpoint;
  }
  const std::size_t percent = text.find('%');
  if (inet_pton(AF_INET6, text.substr(0, percent).c_str(), endpoint.address.data()) != 1) {
    return std::nullopt;
  }
  endpoint.family = Family::kIPv6;
  if (percent != std::string::npos) {
    endpoint.scope = ParseZone(text.substr(percent + 1));
    if (endpoint.scope == 0) return std::nullopt;
  }
  return endpoint;
}

std::string FormatAddress(const Endpoint& endpoint) {
  char text[INET6_ADDRSTRLEN] = "";
  if (endpoint.family == Family::kNone) return text;
  if (endpoint.family == Family::kIPv4) {
    return inet_ntop(AF_INET, endpoint.address.data(), text, sizeof(text));
  }
  in6_addr address;
  std::memcpy(&address, endpoint.address.data(), sizeof(address));
  if (IN6_IS_ADDR_V4MAPPED(&address)) {
    return inet_ntop(AF_INET, endpoint.address.data() + 12, text, sizeof(text));
  }
  std::string result = inet_ntop(AF_INET6, &address, text, sizeof(text));
  if (endpoint.scope == 0) return result;
  const std::string zone = FormatZone(endpoint.scope);
  if (!zone.empty()) result.append("%").append(zone);
  return result;
}

Failure Resolve(const std::string& host, std::uint16_t port, std::vector<Endpoint>& endpoints) {
  RequireSockets();
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  const int answer = getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (answer != 0) return ResolverFailure(answer);
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    Endpoint endpoint = ToEndpoint(entry->ai_addr, entry->ai_addrlen);
    endpoint.port = port;
    if (endpoint.family != Family::kNone) endpoints.push_back(endpoint);
  }
  freeaddrinfo(list);
  return {};
}

}  // namespace hp::sys
