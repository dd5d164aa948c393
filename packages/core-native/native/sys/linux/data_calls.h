// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>

namespace hp::sys {

// The calls of the data path. The C library makes its own points at which a
// thread may be cancelled, which costs in every process with threads; nothing
// here is ever cancelled.

inline ssize_t ReceiveBytes(int fd, void* memory, std::size_t bytes) {
  return syscall(SYS_recvfrom, fd, memory, bytes, 0, nullptr, nullptr);
}

inline ssize_t SendBytes(int fd, const void* memory, std::size_t bytes) {
  return syscall(SYS_sendto, fd, memory, bytes, MSG_NOSIGNAL, nullptr, 0);
}

inline ssize_t SendMessage(int fd, const msghdr& message) {
  return syscall(SYS_sendmsg, fd, &message, MSG_NOSIGNAL);
}

}  // namespace hp::sys
