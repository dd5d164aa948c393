// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "sys/backend.h"

// What sys/sockets/ has to know of the system; see the same file of the others.
namespace hp::sys {

using NativeSocket = int;
using SocketLength = socklen_t;
using OptionBytes = void;

inline constexpr std::uint32_t kMostBacklog = 0x7fffffff;
// A socket that is not bound chooses its own address when it connects.
inline constexpr bool kBindsToConnect = false;

// Sockets need no preparation here.
inline void RequireSockets() {}

inline NativeSocket ToNative(Handle handle) { return static_cast<NativeSocket>(handle); }

}  // namespace hp::sys
