// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error_code.h"
#include "sys/backend.h"
#include "sys/endpoint.h"
#include "sys/socket_options.h"

// Calls on single sockets that need no reactor: they set up listeners, connect
// by blocking, and read or change options. Each is safe on any thread.
namespace hp::sys {

// A failed step: the code and the name of the system call that failed.
struct Failure {
  ErrorCode error = ErrorCode::kOk;
  const char* call = "";

  explicit operator bool() const { return error != ErrorCode::kOk; }
};

// The system's own number for an error it has reported.
int SystemNumber(ErrorCode error);

// Makes a non-blocking stream socket with `options`.
Failure OpenStream(Family family, const SocketOptions& options, Handle& handle);
Failure Bind(Handle handle, const Endpoint& local);
Failure StartListening(Handle handle, std::uint32_t backlog);

// Connects and waits for it, at most `timeout_ms`.
Failure ConnectBlocking(const ConnectRequest& request, std::uint32_t timeout_ms, Handle& handle);

// Asks the system's resolver, and waits for it.
Failure Resolve(const std::string& host, std::uint16_t port, std::vector<Endpoint>& endpoints);

ErrorCode LocalEndpoint(Handle handle, Endpoint& endpoint);
ErrorCode PeerEndpoint(Handle handle, Endpoint& endpoint);

ErrorCode SetOption(Handle handle, const RawOption& option);
// Reads at most option.value.size() bytes and sets the size to what was read.
ErrorCode GetOption(Handle handle, RawOption& option);
ErrorCode Control(Handle handle, std::uint64_t request, std::int32_t& argument);

void CloseSocket(Handle handle);

}  // namespace hp::sys
