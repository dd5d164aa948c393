// SPDX-License-Identifier: Apache-2.0
#include "sys/stream_socket.h"

#include <algorithm>

#include "sys/sockets/socket_address.h"
#include "sys/sockets/socket_setup.h"
#include "sys/sockets/system_sockets.h"
#include "system_error.h"

namespace hp::sys {
namespace {

// getsockname() or getpeername()
template <typename Query>
ErrorCode Ask(Query query, Handle handle, Endpoint& endpoint) {
  SocketAddress address;
  if (query(ToNative(handle), &address.base, &address.length) != 0) return LastError();
  endpoint = ToEndpoint(address);
  return ErrorCode::kOk;
}

}  // namespace

Failure LastFailure(const char* call) { return {.error = LastError(), .call = call}; }

Failure CloseAfter(Handle handle, const Failure& failure) {
  CloseSocket(handle);
  return failure;
}

bool SetRawOptions(Handle handle, const std::vector<RawOption>& options) {
  return std::all_of(options.begin(), options.end(), [handle](const RawOption& option) {
    return SetOption(handle, option) == ErrorCode::kOk;
  });
}

Failure OpenStream(Family family, const SocketOptions& options, Handle& handle) {
  const Handle made = NewStream(family);
  if (made == kNoHandle) return LastFailure("socket");
  if (!ApplyOptions(made, family, options) || !SetRawOptions(made, options.raw)) {
    return CloseAfter(made, LastFailure("setsockopt"));
  }
  handle = made;
  return {};
}

Failure Bind(Handle handle, const Endpoint& local) {
  const SocketAddress address = ToSocketAddress(local);
  if (bind(ToNative(handle), &address.base, address.length) == 0) return {};
  return LastFailure("bind");
}

Failure OpenForConnect(const ConnectRequest& request, Handle& handle) {
  if (const Failure failure = OpenStream(request.peer.family, *request.options, handle)) {
    return failure;
  }
  Endpoint local = request.local;
  if (!kBindsToConnect && local.family == Family::kNone && local.port == 0) return {};
  // Without an address: any, with one's own port.
  if (local.family == Family::kNone) local.family = request.peer.family;
  // Systems do not agree on what to call this.
  if (local.family != request.peer.family) {
    return CloseAfter(handle, {.error = ErrorCode::kAddressFamily, .call = "bind"});
  }
  if (const Failure failure = Bind(handle, local)) return CloseAfter(handle, failure);
  return {};
}

Failure StartListening(Handle handle, std::uint32_t backlog) {
  const auto limit = static_cast<int>(std::min(backlog, kMostBacklog));
  if (listen(ToNative(handle), limit) != 0) return LastFailure("listen");
  return {};
}

Failure ConnectBlocking(const ConnectRequest& request, std::uint32_t timeout_ms, Handle& handle) {
  if (const Failure failure = OpenForConnect(request, handle)) return failure;
  const SocketAddress address = ToSocketAddress(request.peer);
  if (connect(ToNative(handle), &address.base, address.length) != 0) {
    Failure failure = LastFailure("connect");
    if (HasBegunToConnect(failure.error)) {
      failure = {.error = WaitForConnect(handle, timeout_ms), .call = "connect"};
    }
    if (failure) return CloseAfter(handle, failure);
  }
  if (CheckEnds(handle) != ErrorCode::kSelfConnect) return {};
  return CloseAfter(handle, {.error = ErrorCode::kSelfConnect, .call = "connect"});
}

ErrorCode PendingError(Handle handle) {
  int number = 0;
  SocketLength length = sizeof(number);
  if (getsockopt(ToNative(handle), SOL_SOCKET, SO_ERROR, reinterpret_cast<OptionBytes*>(&number),
                 &length) != 0) {
    return LastError();
  }
  return FromNumber(number);
}

ErrorCode CheckEnds(Handle handle) {
  Endpoint local;
  Endpoint peer;
  ErrorCode error = LocalEndpoint(handle, local);
  if (error == ErrorCode::kOk) error = PeerEndpoint(handle, peer);
  if (error != ErrorCode::kOk) return error;
  // Dialling a free ephemeral port of one's own host may reach oneself.
  return local == peer ? ErrorCode::kSelfConnect : ErrorCode::kOk;
}

ErrorCode LocalEndpoint(Handle handle, Endpoint& endpoint) {
  return Ask(getsockname, handle, endpoint);
}

ErrorCode PeerEndpoint(Handle handle, Endpoint& endpoint) {
  return Ask(getpeername, handle, endpoint);
}

ErrorCode SetOption(Handle handle, const RawOption& option) {
  const int result = setsockopt(ToNative(handle), option.level, option.name,
                                reinterpret_cast<const OptionBytes*>(option.value.data()),
                                static_cast<SocketLength>(option.value.size()));
  return result == 0 ? ErrorCode::kOk : LastError();
}

ErrorCode GetOption(Handle handle, RawOption& option) {
  auto length = static_cast<SocketLength>(option.value.size());
  const int result = getsockopt(ToNative(handle), option.level, option.name,
                                reinterpret_cast<OptionBytes*>(option.value.data()), &length);
  if (result != 0) return LastError();
  option.value.resize(static_cast<std::size_t>(length));
  return ErrorCode::kOk;
}

}  // namespace hp::sys
