// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <span>

#include "sys/backend.h"
#include "sys/linux/datagram_control.h"
#include "sys/sockets/socket_address.h"

namespace hp::sys {

// recvmmsg() and sendmmsg() with the arrays they ask for, which are used again
// and again. The datagrams of one call that go to one peer and have one length
// travel through the kernel as one message, which cuts it up (UDP_SEGMENT):
// the way through it costs more than the datagram does.
class DatagramCalls {
 public:
  // `tells_local`: what AskForLocal() has answered.
  DatagramReceiveResult Receive(int fd, std::span<IncomingDatagram> datagrams, bool tells_local);
  // Where `cuts` is false, one message for each datagram. It becomes false when
  // the kernel, or the interface the datagrams leave by, cannot cut them up.
  DatagramSendResult Send(int fd, std::span<const OutgoingDatagram> datagrams, bool& cuts);

 private:
  static constexpr std::size_t kMostDatagrams = 64;  // of one call, and of one message

  // Messages for the front of `datagrams`; as many as there is room for.
  void Compose(std::span<const OutgoingDatagram> datagrams, bool cuts);
  void Add(std::span<const OutgoingDatagram> datagrams);

  std::array<mmsghdr, kMostDatagrams> messages_{};
  std::array<iovec, kMostDatagrams> parts_{};
  std::array<SocketAddress, kMostDatagrams> addresses_{};
  std::array<ControlMemory, kMostDatagrams> controls_{};
  std::size_t message_count_ = 0;
  std::size_t part_count_ = 0;
};

}  // namespace hp::sys
