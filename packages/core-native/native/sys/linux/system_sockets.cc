// SPDX-License-Identifier: Apache-2.0
#include "sys/sockets/system_sockets.h"

#include <ifaddrs.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "sys/linux/native_socket.h"
#include "sys/linux/system_error.h"
#include "sys/sockets/socket_address.h"
#include "sys/sockets/socket_setup.h"

namespace hp::sys {
namespace {

template <typename T>
bool Set(int fd, int level, int name, const T& value) {
  return setsockopt(fd, level, name, &value, sizeof(value)) == 0;
}

// The most the kernel takes for keep-alive.
constexpr std::uint64_t kMostKeepAliveSeconds = 32'767;
constexpr std::uint32_t kMostKeepAliveProbes = 127;

// The kernel counts keep-alive in whole seconds. Rounded up: a shorter time
// than asked for would close connections that are still alive.
int CeilToSeconds(std::uint64_t ms) {
  return static_cast<int>(std::min((ms + 999) / 1000, kMostKeepAliveSeconds));
}

bool ApplyKeepAlive(int fd, const KeepAlive& keep_alive) {
  if (keep_alive.time_ms == 0 || keep_alive.interval_ms == 0) return true;
  if (!Set(fd, SOL_SOCKET, SO_KEEPALIVE, 1) ||
      !Set(fd, IPPROTO_TCP, TCP_KEEPIDLE, CeilToSeconds(keep_alive.time_ms)) ||
      !Set(fd, IPPROTO_TCP, TCP_KEEPINTVL, CeilToSeconds(keep_alive.interval_ms))) {
    return false;
  }
  if (keep_alive.count == 0) return true;
  const auto probes = static_cast<int>(std::min(keep_alive.count, kMostKeepAliveProbes));
  return Set(fd, IPPROTO_TCP, TCP_KEEPCNT, probes);
}

bool ApplyReuse(int fd, Reuse reuse) {
  if (reuse == Reuse::kNone) return true;
  if (!Set(fd, SOL_SOCKET, SO_REUSEADDR, 1)) return false;
  return reuse != Reuse::kAddressAndPort || Set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
}

bool ApplyFamily(int fd, Family family, const SocketOptions& options) {
  return family != Family::kIPv6 || Set(fd, IPPROTO_IPV6, IPV6_V6ONLY, options.dual_stack ? 0 : 1);
}

int NewSocket(Family family, int type, int protocol) {
  const int domain = family == Family::kIPv4 ? AF_INET : AF_INET6;
  return socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
}

}  // namespace

Handle NewStream(Family family) { return NewSocket(family, SOCK_STREAM, IPPROTO_TCP); }

Handle NewDatagram(Family family) { return NewSocket(family, SOCK_DGRAM, IPPROTO_UDP); }

bool ApplyOptions(Handle handle, Family family, const SocketOptions& options) {
  const int fd = ToNative(handle);
  if (!ApplyReuse(fd, options.reuse) || !ApplyKeepAlive(fd, options.keep_alive)) return false;
  if (options.no_delay && !Set(fd, IPPROTO_TCP, TCP_NODELAY, 1)) return false;
  if (options.unsent_limit != 0 && !Set(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, options.unsent_limit)) {
    return false;
  }
  return ApplyFamily(fd, family, options);
}

bool ApplyDatagramOptions(Handle handle, Family family, const SocketOptions& options) {
  const int fd = ToNative(handle);
  if (!ApplyReuse(fd, options.reuse) || !ApplyFamily(fd, family, options)) return false;
  if (options.broadcast && !Set(fd, SOL_SOCKET, SO_BROADCAST, 1)) return false;
  if (options.receive_buffer_bytes != 0 &&
      !Set(fd, SOL_SOCKET, SO_RCVBUF, options.receive_buffer_bytes)) {
    return false;
  }
  return options.send_buffer_bytes == 0 ||
         Set(fd, SOL_SOCKET, SO_SNDBUF, options.send_buffer_bytes);
}

// Linux tells a socket that is not connected of nobody's refusals.
void ReportRefusals(Handle /*handle*/) {}

std::uint32_t InterfaceOf(const Endpoint& address) {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return 0;
  std::uint32_t found = 0;
  for (const ifaddrs* entry = list; entry != nullptr && found == 0; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr) continue;
    const std::size_t length =
        entry->ifa_addr->sa_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    const Endpoint own = ToEndpoint(entry->ifa_addr, length);
    if (own.family == address.family && own.address == address.address) {
      found = if_nametoindex(entry->ifa_name);
    }
  }
  freeifaddrs(list);
  return found;
}

void ReceiveOwnGroupsOnly(Handle handle, Family family) {
  const int fd = ToNative(handle);
  if (family == Family::kIPv4) {
    Set(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0);
  } else {
    Set(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0);
  }
}

Failure SharePort(Handle handle) {
  if (Set(ToNative(handle), SOL_SOCKET, SO_REUSEPORT, 1)) return {};
  return LastFailure("setsockopt");
}

void DiscardArrived(Handle handle) {
  // More than can have been there: a flood goes on meanwhile.
  for (int count = 0; count < 1 << 17; ++count) {
    if (recv(ToNative(handle), nullptr, 0, MSG_DONTWAIT | MSG_TRUNC) < 0) return;
  }
}

std::uint64_t LostDatagrams(Handle handle) {
  std::array<std::uint32_t, SK_MEMINFO_VARS> figures{};
  socklen_t length = sizeof(figures);
  if (getsockopt(ToNative(handle), SOL_SOCKET, SO_MEMINFO, figures.data(), &length) != 0) return 0;
  return figures[SK_MEMINFO_DROPS];
}

ErrorCode WaitForConnect(Handle handle, std::uint32_t timeout_ms) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
  pollfd waiting{ToNative(handle), POLLOUT, 0};
  int ready = 0;
  do {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    ready = poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
  } while (ready < 0 && errno == EINTR);
  if (ready < 0) return LastError();
  return ready == 0 ? ErrorCode::kTimedOut : PendingError(handle);
}

bool HasBegunToConnect(ErrorCode error) { return error == FromNumber(EINPROGRESS); }

std::uint32_t ParseZone(const std::string& text) { return if_nametoindex(text.c_str()); }

std::string FormatZone(std::uint32_t zone) {
  char name[IF_NAMESIZE];
  return if_indextoname(zone, name) == nullptr ? "" : name;
}

int SystemNumber(ErrorCode error) { return static_cast<int>(error); }

Failure ResolverFailure(int answer) {
  if (answer == EAI_SYSTEM) return LastFailure("getaddrinfo");
  return {.error = ErrorCode::kAddressNotAvailable, .call = "getaddrinfo"};
}

ErrorCode Control(Handle handle, std::uint64_t request, std::int32_t& argument) {
  const int result = ioctl(ToNative(handle), request, &argument);
  return result >= 0 ? ErrorCode::kOk : LastError();
}

void CloseSocket(Handle handle) { close(ToNative(handle)); }

}  // namespace hp::sys
