// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sys/sockets/socket_address.h"
#include "sys/windows/native_socket.h"

namespace hp::sys {

// ConnectEx, which no library exports: Winsock has to be asked for it.
bool ConnectEx(SOCKET socket, const SocketAddress& peer, OVERLAPPED* overlapped);

}  // namespace hp::sys
