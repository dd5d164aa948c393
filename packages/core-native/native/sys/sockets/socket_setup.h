// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sys/stream_socket.h"

namespace hp::sys {

// Makes a socket for `request`, bound where that says so. On failure no socket
// stays open.
Failure OpenForConnect(const ConnectRequest& request, Handle& handle);

// The error a finished connect has left, or kOk.
ErrorCode PendingError(Handle handle);

// kSelfConnect when the two ends of a socket are one.
ErrorCode CheckEnds(Handle handle);

// The last failed call, which is `call`.
Failure LastFailure(const char* call);
// `failure`, after closing a socket that is not wanted now.
Failure CloseAfter(Handle handle, const Failure& failure);
bool SetRawOptions(Handle handle, const std::vector<RawOption>& options);

}  // namespace hp::sys
