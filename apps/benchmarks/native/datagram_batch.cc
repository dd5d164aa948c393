// SPDX-License-Identifier: Apache-2.0
#include "datagram_batch.h"

#include <cerrno>

namespace hp::bench {

DatagramBatch::DatagramBatch(size_t capacity, size_t buffer_size, Addresses addresses)
    : buffer_size_(buffer_size),
      memory_(std::make_unique<char[]>(capacity * buffer_size)),
      pieces_(capacity),
      addresses_(addresses == Addresses::kKept ? capacity : 0),
      messages_(capacity) {
  for (size_t i = 0; i < capacity; ++i) {
    pieces_[i] = {memory_.get() + i * buffer_size, buffer_size};
    msghdr& header = messages_[i].msg_hdr;
    header.msg_iov = &pieces_[i];
    header.msg_iovlen = 1;
    if (addresses == Addresses::kNone) continue;
    header.msg_name = &addresses_[i];
    header.msg_namelen = sizeof addresses_[i];
  }
}

size_t DatagramBatch::Receive(const Fd& socket) {
  for (iovec& piece : pieces_) piece.iov_len = buffer_size_;
  const int received = recvmmsg(socket.get(), messages_.data(),
                                static_cast<unsigned>(messages_.size()), MSG_DONTWAIT, nullptr);
  if (received < 0 && errno == EAGAIN) return 0;
  if (received < 0) ThrowErrno("recvmmsg");
  const auto count = static_cast<size_t>(received);
  for (size_t i = 0; i < count; ++i) pieces_[i].iov_len = messages_[i].msg_len;
  return count;
}

void DatagramBatch::Send(const Fd& socket, size_t count) {
  for (size_t sent = 0; sent < count;) {
    const int taken =
        sendmmsg(socket.get(), &messages_[sent], static_cast<unsigned>(count - sent), 0);
    // What the kernel refuses is lost, as a datagram may be at any time.
    sent += taken > 0 ? static_cast<size_t>(taken) : 1;
  }
}

}  // namespace hp::bench
