// SPDX-License-Identifier: Apache-2.0
#include "sys/sockets/system_sockets.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "sys/sockets/socket_setup.h"
#include "sys/windows/native_socket.h"
#include "sys/windows/stream_options.h"
#include "sys/windows/system_error.h"

namespace hp::sys {
namespace {

template <typename T>
bool Set(SOCKET socket, int level, int name, const T& value) {
  return setsockopt(socket, level, name, reinterpret_cast<const char*>(&value), sizeof(value)) == 0;
}

// TCP_KEEPCNT, which the headers of mingw-w64 lack.
constexpr int kKeepAliveCount = 16;
constexpr ULONG kMostProbes = 255;
// The most that Linux takes: what is more means the same everywhere.
constexpr ULONG kMostKeepAliveMs = 32'767'000;

bool ApplyKeepAlive(SOCKET socket, const KeepAlive& keep_alive) {
  if (keep_alive.time_ms == 0 || keep_alive.interval_ms == 0) return true;
  tcp_keepalive values{
      .onoff = 1,
      .keepalivetime = std::min<ULONG>(keep_alive.time_ms, kMostKeepAliveMs),
      .keepaliveinterval = std::min<ULONG>(keep_alive.interval_ms, kMostKeepAliveMs)};
  DWORD written = 0;
  if (WSAIoctl(socket, SIO_KEEPALIVE_VALS, &values, sizeof(values), nullptr, 0, &written, nullptr,
               nullptr) != 0) {
    return false;
  }
  // Systems before Windows 10 1703 do not let themselves be told the count.
  if (keep_alive.count != 0) {
    Set(socket, IPPROTO_TCP, kKeepAliveCount, std::min<ULONG>(keep_alive.count, kMostProbes));
  }
  return true;
}

// An exclusive address may be bound again once its connections are over, which
// SO_REUSEADDR is for elsewhere; here that lets anyone take the address over.
bool ApplyReuse(SOCKET socket, Reuse reuse) {
  const int name = reuse == Reuse::kAddressAndPort ? SO_REUSEADDR : SO_EXCLUSIVEADDRUSE;
  return Set(socket, SOL_SOCKET, name, BOOL{TRUE});
}

}  // namespace

void RequireSockets() {
  static const bool started = [] {
    WSADATA data;
    return WSAStartup(MAKEWORD(2, 2), &data) == 0;
  }();
  if (!started) std::abort();
}

Handle NewStream(Family family) {
  RequireSockets();
  const int domain = family == Family::kIPv4 ? AF_INET : AF_INET6;
  const SOCKET socket = WSASocketW(domain, SOCK_STREAM, IPPROTO_TCP, nullptr, 0,
                                   WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
  u_long non_blocking = 1;
  if (socket == INVALID_SOCKET ||
      ioctlsocket(socket, static_cast<long>(FIONBIO), &non_blocking) == 0) {
    return static_cast<Handle>(socket);
  }
  const int number = WSAGetLastError();
  closesocket(socket);
  WSASetLastError(number);
  return kNoHandle;
}

bool ApplyStreamOptions(SOCKET socket, const SocketOptions& options) {
  // There is no limit for what is unsent. A small SO_SNDBUF is none: it counts what
  // is not acknowledged, and stops a stream until a late acknowledgement comes.
  return ApplyKeepAlive(socket, options.keep_alive) &&
         (!options.no_delay || Set(socket, IPPROTO_TCP, TCP_NODELAY, BOOL{TRUE}));
}

bool ApplyOptions(Handle handle, Family family, const SocketOptions& options) {
  const SOCKET socket = ToNative(handle);
  if (!ApplyReuse(socket, options.reuse) || !ApplyStreamOptions(socket, options)) return false;
  return family != Family::kIPv6 ||
         Set(socket, IPPROTO_IPV6, IPV6_V6ONLY, DWORD{options.dual_stack ? 0U : 1U});
}

ErrorCode WaitForConnect(Handle handle, std::uint32_t timeout_ms) {
  const SOCKET socket = ToNative(handle);
  fd_set connected;
  fd_set failed;
  FD_ZERO(&connected);
  FD_ZERO(&failed);
  FD_SET(socket, &connected);
  FD_SET(socket, &failed);
  timeval timeout{.tv_sec = static_cast<long>(timeout_ms / 1000),
                  .tv_usec = static_cast<long>(timeout_ms % 1000 * 1000)};
  const int ready = select(0, nullptr, &connected, &failed, &timeout);
  if (ready == SOCKET_ERROR) return LastError();
  return ready == 0 ? ErrorCode::kTimedOut : PendingError(handle);
}

bool HasBegunToConnect(ErrorCode error) { return error == FromNumber(WSAEWOULDBLOCK); }

std::uint32_t ParseZone(const std::string& text) {
  std::uint32_t zone = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, zone);
  return parsed.ec == std::errc() && parsed.ptr == end ? zone : 0;
}

std::string FormatZone(std::uint32_t zone) { return std::to_string(zone); }

Failure ResolverFailure(int answer) { return {.error = FromNumber(answer), .call = "getaddrinfo"}; }

ErrorCode Control(Handle handle, std::uint64_t request, std::int32_t& argument) {
  auto value = static_cast<u_long>(argument);
  if (ioctlsocket(ToNative(handle), static_cast<long>(request), &value) != 0) return LastError();
  argument = static_cast<std::int32_t>(value);
  return ErrorCode::kOk;
}

void CloseSocket(Handle handle) { closesocket(ToNative(handle)); }

void CloseByReset(SOCKET socket) {
  Set(socket, SOL_SOCKET, SO_LINGER, linger{.l_onoff = 1, .l_linger = 0});
  closesocket(socket);
}

}  // namespace hp::sys
