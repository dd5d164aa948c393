// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sys/socket_options.h"
#include "sys/windows/native_socket.h"

namespace hp::sys {

// Sets the options that an accepted socket does not have from its listener.
bool ApplyStreamOptions(SOCKET socket, const SocketOptions& options);

// Closes so that the peer sees a reset.
void CloseByReset(SOCKET socket);

}  // namespace hp::sys
