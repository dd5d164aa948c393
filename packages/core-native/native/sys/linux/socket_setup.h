// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sys/stream_socket.h"

namespace hp::sys {

// Makes a socket for `request`, bound where that says so. On failure no
// descriptor stays open.
Failure OpenForConnect(const ConnectRequest& request, Handle& handle);

// The error a finished connect has left, or kOk.
ErrorCode PendingError(int fd);

}  // namespace hp::sys
