// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "sys/stream_socket.h"

// What each system does in a way of its own.
namespace hp::sys {

// Makes a stream socket that does not block and is not inherited; kNoHandle and
// LastError() on failure.
Handle NewStream(Family family);

// Sets all options but the raw ones.
bool ApplyOptions(Handle handle, Family family, const SocketOptions& options);

// Waits for a connect that has begun, and says how it ended.
ErrorCode WaitForConnect(Handle handle, std::uint32_t timeout_ms);
// Whether a connect that says `error` has begun.
bool HasBegunToConnect(ErrorCode error);

// The zone of an IPv6 address, as the system writes it; 0: there is none such.
std::uint32_t ParseZone(const std::string& text);
// Empty when it has no name.
std::string FormatZone(std::uint32_t zone);

// What getaddrinfo() has answered.
Failure ResolverFailure(int answer);

}  // namespace hp::sys
