// SPDX-License-Identifier: Apache-2.0
#include "sys/windows/system_error.h"

#include <algorithm>
#include <array>

#include "sys/stream_socket.h"
#include "sys/windows/native_socket.h"

namespace hp::sys {
namespace {

struct Translation {
  int winsock;
  int ours;
};

// Where Linux names the same thing otherwise, its name stands behind. Of two with
// one meaning, the first is the one that SystemNumber() gives.
constexpr std::array kTranslations = std::to_array<Translation>({
    {WSAEINTR, 4},
    {WSAEBADF, 9},
    {WSA_INVALID_HANDLE, 9},
    {WSA_NOT_ENOUGH_MEMORY, 12},
    {WSAEACCES, 13},
    {WSAEFAULT, 14},
    {WSAEINVAL, 22},
    {WSA_INVALID_PARAMETER, 22},
    {WSAEMFILE, 24},
    {WSAESHUTDOWN, 32},  // EPIPE
    {WSAEWOULDBLOCK, 11},
    {WSAENOTSOCK, 88},
    {WSAEDESTADDRREQ, 89},
    {WSAEMSGSIZE, 90},
    {WSAEPROTOTYPE, 91},
    {WSAENOPROTOOPT, 92},
    {WSAEPROTONOSUPPORT, 93},
    {WSAESOCKTNOSUPPORT, 94},
    {WSAEOPNOTSUPP, 95},
    {WSAEPFNOSUPPORT, 96},
    {WSAEAFNOSUPPORT, 97},
    {WSAEADDRINUSE, 98},
    {WSAEADDRNOTAVAIL, 99},
    {WSAENETDOWN, 100},
    {WSAENETUNREACH, 101},
    {WSAENETRESET, 102},
    {WSAECONNABORTED, 103},
    {WSAECONNRESET, 104},
    {WSAENOBUFS, 105},
    {WSAEISCONN, 106},
    {WSAENOTCONN, 107},
    {WSAETIMEDOUT, 110},
    {WSAECONNREFUSED, 111},
    {WSAEHOSTDOWN, 112},
    {WSAEHOSTUNREACH, 113},
    {WSAEALREADY, 114},
    {WSAEINPROGRESS, 115},
    {WSA_OPERATION_ABORTED, 125},  // ECANCELED
    {WSAHOST_NOT_FOUND, 99},       // as the resolver of Linux: no address
    {WSATRY_AGAIN, 99},
    {WSANO_RECOVERY, 99},
    {WSANO_DATA, 99},
});

}  // namespace

ErrorCode FromNumber(int number) {
  const auto found =
      std::find_if(kTranslations.begin(), kTranslations.end(),
                   [number](const Translation& each) { return each.winsock == number; });
  return static_cast<ErrorCode>(found == kTranslations.end() ? number : found->ours);
}

int SystemNumber(ErrorCode error) {
  const auto found = std::find_if(
      kTranslations.begin(), kTranslations.end(),
      [error](const Translation& each) { return each.ours == static_cast<int>(error); });
  return found == kTranslations.end() ? static_cast<int>(error) : found->winsock;
}

ErrorCode LastError() { return FromNumber(WSAGetLastError()); }

}  // namespace hp::sys
