// SPDX-License-Identifier: Apache-2.0
#include "sys/stream_socket.h"

#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "sys/linux/socket_address.h"
#include "sys/linux/socket_setup.h"
#include "sys/linux/system_error.h"

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

bool ApplyOptions(int fd, Family family, const SocketOptions& options) {
  if (!ApplyReuse(fd, options.reuse) || !ApplyKeepAlive(fd, options.keep_alive)) return false;
  if (options.no_delay && !Set(fd, IPPROTO_TCP, TCP_NODELAY, 1)) return false;
  if (options.unsent_limit != 0 && !Set(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, options.unsent_limit)) {
    return false;
  }
  if (family == Family::kIPv6 && !Set(fd, IPPROTO_IPV6, IPV6_V6ONLY, options.dual_stack ? 0 : 1)) {
    return false;
  }
  return std::all_of(options.raw.begin(), options.raw.end(), [fd](const RawOption& option) {
    return SetOption(fd, option) == ErrorCode::kOk;
  });
}

// The errno the connect of `fd` ends with, 0 when it is connected.
int WaitForConnect(int fd, std::uint32_t timeout_ms) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
  pollfd waiting{fd, POLLOUT, 0};
  int ready = 0;
  do {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    ready = poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
  } while (ready < 0 && errno == EINTR);
  if (ready < 0) return errno;
  return ready == 0 ? ETIMEDOUT : static_cast<int>(PendingError(fd));
}

Failure CloseAfter(Handle handle, const char* call) {
  const Failure failure{LastError(), call};
  CloseSocket(handle);
  return failure;
}

}  // namespace

Failure OpenStream(Family family, const SocketOptions& options, Handle& handle) {
  const int domain = family == Family::kIPv4 ? AF_INET : AF_INET6;
  const int fd = socket(domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (fd < 0) return {LastError(), "socket"};
  if (!ApplyOptions(fd, family, options)) return CloseAfter(fd, "setsockopt");
  handle = fd;
  return {};
}

Failure Bind(Handle handle, const Endpoint& local) {
  const SocketAddress address = ToSocketAddress(local);
  if (bind(static_cast<int>(handle), &address.base, address.length) == 0) return {};
  return {LastError(), "bind"};
}

Failure OpenForConnect(const ConnectRequest& request, Handle& handle) {
  if (const Failure failure = OpenStream(request.peer.family, *request.options, handle)) {
    return failure;
  }
  if (request.local.family == Family::kNone && request.local.port == 0) return {};
  Endpoint local = request.local;
  // Without an address: any, with one's own port.
  if (local.family == Family::kNone) local.family = request.peer.family;
  const Failure failure = Bind(handle, local);
  if (failure) CloseSocket(handle);
  return failure;
}

Failure StartListening(Handle handle, std::uint32_t backlog) {
  const auto limit = static_cast<int>(std::min<std::uint32_t>(backlog, 0x7fffffff));
  if (listen(static_cast<int>(handle), limit) != 0) return {LastError(), "listen"};
  return {};
}

Failure ConnectBlocking(const ConnectRequest& request, std::uint32_t timeout_ms, Handle& handle) {
  if (const Failure failure = OpenForConnect(request, handle)) return failure;
  const int fd = static_cast<int>(handle);
  const SocketAddress address = ToSocketAddress(request.peer);
  if (connect(fd, &address.base, address.length) != 0) {
    if (errno == EINPROGRESS) errno = WaitForConnect(fd, timeout_ms);
    if (errno != 0) return CloseAfter(handle, "connect");
  }
  Endpoint local;
  Endpoint peer;
  if (LocalEndpoint(handle, local) == ErrorCode::kOk &&
      PeerEndpoint(handle, peer) == ErrorCode::kOk && local == peer) {
    CloseSocket(handle);
    return {ErrorCode::kSelfConnect, "connect"};
  }
  return {};
}

ErrorCode PendingError(int fd) {
  int error = 0;
  socklen_t length = sizeof(error);
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0) return LastError();
  return FromErrno(error);
}

ErrorCode LocalEndpoint(Handle handle, Endpoint& endpoint) {
  SocketAddress address;
  if (getsockname(static_cast<int>(handle), &address.base, &address.length) != 0) {
    return LastError();
  }
  endpoint = ToEndpoint(address);
  return ErrorCode::kOk;
}

ErrorCode PeerEndpoint(Handle handle, Endpoint& endpoint) {
  SocketAddress address;
  if (getpeername(static_cast<int>(handle), &address.base, &address.length) != 0) {
    return LastError();
  }
  endpoint = ToEndpoint(address);
  return ErrorCode::kOk;
}

ErrorCode SetOption(Handle handle, const RawOption& option) {
  const int result = setsockopt(static_cast<int>(handle), option.level, option.name,
                                option.value.data(), static_cast<socklen_t>(option.value.size()));
  return result == 0 ? ErrorCode::kOk : LastError();
}

ErrorCode GetOption(Handle handle, RawOption& option) {
  auto length = static_cast<socklen_t>(option.value.size());
  const int result =
      getsockopt(static_cast<int>(handle), option.level, option.name, option.value.data(), &length);
  if (result != 0) return LastError();
  option.value.resize(length);
  return ErrorCode::kOk;
}

ErrorCode Control(Handle handle, std::uint64_t request, std::int32_t& argument) {
  const int result = ioctl(static_cast<int>(handle), request, &argument);
  return result >= 0 ? ErrorCode::kOk : LastError();
}

void CloseSocket(Handle handle) { close(static_cast<int>(handle)); }

}  // namespace hp::sys
