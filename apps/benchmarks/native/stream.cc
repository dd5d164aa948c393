// SPDX-License-Identifier: Apache-2.0
#include "stream.h"

#include <cerrno>
#include <system_error>

#include <sys/socket.h>

namespace hp::bench {

Transfer PlainStream::Send(std::span<const char> bytes) {
  const ssize_t sent = send(fd(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0) return Transfer::Moved(static_cast<size_t>(sent));
  if (errno == EAGAIN) return Transfer::WantsWritable();
  return Transfer::Failed(std::generic_category().message(errno));
}

Transfer PlainStream::Receive(std::span<char> buffer) {
  const ssize_t received = recv(fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (received > 0) return Transfer::Moved(static_cast<size_t>(received));
  if (received == 0) return Transfer::Failed(kClosedByServer);
  if (errno == EAGAIN) return Transfer::WantsReadable();
  return Transfer::Failed(std::generic_category().message(errno));
}

void PlainStream::Close() { CloseWithReset(socket_); }

}  // namespace hp::bench
