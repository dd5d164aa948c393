// SPDX-License-Identifier: Apache-2.0
#include "sys/windows/extensions.h"

namespace hp::sys {
namespace {

LPFN_CONNECTEX Find(SOCKET socket) {
  GUID id = WSAID_CONNECTEX;
  LPFN_CONNECTEX function = nullptr;
  DWORD bytes = 0;
  WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof(id), &function, sizeof(function),
           &bytes, nullptr, nullptr);
  return function;
}

}  // namespace

bool ConnectEx(SOCKET socket, const SocketAddress& peer, OVERLAPPED* overlapped) {
  static const LPFN_CONNECTEX function = Find(socket);
  if (function == nullptr) {
    WSASetLastError(WSAEOPNOTSUPP);
    return false;
  }
  return function(socket, &peer.base, peer.length, nullptr, 0, nullptr, overlapped) != FALSE;
}

}  // namespace hp::sys
