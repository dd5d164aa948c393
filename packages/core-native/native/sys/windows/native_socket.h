// SPDX-License-Identifier: Apache-2.0
#pragma once

// The order matters to these.
// clang-format off
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mstcpip.h>
#include <mswsock.h>
#include <windows.h>
// clang-format on

#include "sys/backend.h"

// What sys/sockets/ has to know of the system; see the same file of the others.
namespace hp::sys {

using NativeSocket = SOCKET;
static_assert(static_cast<Handle>(INVALID_SOCKET) == kNoHandle);
using SocketLength = int;
using OptionBytes = char;

inline constexpr std::uint32_t kMostBacklog = SOMAXCONN;
// ConnectEx takes no socket that is not bound.
inline constexpr bool kBindsToConnect = true;

// Starts Winsock for the process, once; before the first socket.
void RequireSockets();

inline NativeSocket ToNative(Handle handle) { return static_cast<NativeSocket>(handle); }

}  // namespace hp::sys
