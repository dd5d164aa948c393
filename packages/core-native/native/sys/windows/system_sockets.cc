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

Handle NewSocket(Family family, int type, int protocol) {
  RequireSockets();
  const int domain = family == Family::kIPv4 ? AF_INET : AF_INET6;
  const SOCKET socket = WSASocketW(domain, type, protocol, nullptr, 0,
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

// SIO_UDP_NETRESET, which headers lack.
constexpr DWORD kTellOfUnreachableNetworks = _WSAIOW(IOC_VENDOR, 15);

// Whether receives fail for what became of datagrams that were sent. A system
// that does not know this never tells.
void TellOf(SOCKET socket, DWORD what, bool tells) {
  BOOL value = tells ? TRUE : FALSE;
  DWORD written = 0;
  WSAIoctl(socket, what, &value, sizeof(value), nullptr, 0, &written, nullptr, nullptr);
}

bool ApplyFamily(SOCKET socket, Family family, const SocketOptions& options) {
  return family != Family::kIPv6 ||
         Set(socket, IPPROTO_IPV6, IPV6_V6ONLY, DWORD{options.dual_stack ? 0U : 1U});
}

}  // namespace

void RequireSockets() {
  static const bool started = [] {
    WSADATA data;
    return WSAStartup(MAKEWORD(2, 2), &data) == 0;
  }();
  if (!started) std::abort();
}

Handle NewStream(Family family) { return NewSocket(family, SOCK_STREAM, IPPROTO_TCP); }

Handle NewDatagram(Family family) {
  const Handle handle = NewSocket(family, SOCK_DGRAM, IPPROTO_UDP);
  if (handle == kNoHandle) return kNoHandle;
  TellOf(ToNative(handle), SIO_UDP_CONNRESET, false);
  TellOf(ToNative(handle), kTellOfUnreachableNetworks, false);
  return handle;
}

void ReportRefusals(Handle handle) { TellOf(ToNative(handle), SIO_UDP_CONNRESET, true); }

bool ApplyStreamOptions(SOCKET socket, const SocketOptions& options) {
  // There is no limit for what is unsent. A small SO_SNDBUF is none: it counts what
  // is not acknowledged, and stops a stream until a late acknowledgement comes.
  return ApplyKeepAlive(socket, options.keep_alive) &&
         (!options.no_delay || Set(socket, IPPROTO_TCP, TCP_NODELAY, BOOL{TRUE}));
}

bool ApplyOptions(Handle handle, Family family, const SocketOptions& options) {
  const SOCKET socket = ToNative(handle);
  return ApplyReuse(socket, options.reuse) && ApplyStreamOptions(socket, options) &&
         ApplyFamily(socket, family, options);
}

bool ApplyDatagramOptions(Handle handle, Family family, const SocketOptions& options) {
  const SOCKET socket = ToNative(handle);
  // Without connections there is nothing to wait for: an address is shared, or it is not.
  const int reuse = options.reuse == Reuse::kNone ? SO_EXCLUSIVEADDRUSE : SO_REUSEADDR;
  if (!Set(socket, SOL_SOCKET, reuse, BOOL{TRUE}) || !ApplyFamily(socket, family, options)) {
    return false;
  }
  if (options.broadcast && !Set(socket, SOL_SOCKET, SO_BROADCAST, BOOL{TRUE})) return false;
  if (options.receive_buffer_bytes != 0 &&
      !Set(socket, SOL_SOCKET, SO_RCVBUF, options.receive_buffer_bytes)) {
    return false;
  }
  return options.send_buffer_bytes == 0 ||
         Set(socket, SOL_SOCKET, SO_SNDBUF, options.send_buffer_bytes);
}

// Only the members of a group hear it here.
void ReceiveOwnGroupsOnly(Handle /*handle*/, Family /*family*/) {}

// SO_REUSEADDR would let them, and then hand everything to one of them.
Failure SharePort(Handle /*handle*/) {
  return {.error = FromNumber(WSAEOPNOTSUPP), .call = "setsockopt"};
}

void DiscardArrived(Handle /*handle*/) {}

std::uint64_t LostDatagrams(Handle /*handle*/) { return 0; }

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
