// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>

#include "sockets.h"

namespace hp::bench {

// Datagrams that one system call receives or sends together.
class DatagramBatch {
 public:
  // A socket that is not connected needs addresses: a datagram goes to where
  // what was in its buffer came from.
  enum class Addresses { kNone, kKept };

  DatagramBatch(size_t capacity, size_t buffer_size, Addresses addresses);

  // Takes what has arrived and does not wait for more. Returns how many datagrams there are.
  size_t Receive(const Fd& socket);
  // Sends the first `count`.
  void Send(const Fd& socket, size_t count);
  // The same; neighbours of one length to one address leave as one message that
  // the kernel cuts up (UDP_SEGMENT).
  void SendSegmented(const Fd& socket, size_t count);

  std::span<char> operator[](size_t index) {
    return {static_cast<char*>(pieces_[index].iov_base), pieces_[index].iov_len};
  }

 private:
  struct Segment {
    alignas(cmsghdr) char bytes[CMSG_SPACE(sizeof(uint16_t))];
  };

  // How many from `first` on leave as one message.
  size_t CountAlike(size_t first, size_t count) const;
  static void SendAll(const Fd& socket, std::span<mmsghdr> messages);

  size_t buffer_size_;
  std::unique_ptr<char[]> memory_;
  std::vector<iovec> pieces_;
  std::vector<sockaddr_in> addresses_;
  std::vector<mmsghdr> messages_;
  std::vector<mmsghdr> segmented_;
  std::vector<Segment> segments_;
};

}  // namespace hp::bench
