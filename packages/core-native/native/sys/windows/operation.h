// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sys/sockets/socket_address.h"
#include "sys/windows/native_socket.h"

namespace hp::sys {

// Something asked of the system, whose answer is a packet. It stays where it is
// until then, whatever has become of its socket.
struct Operation : OVERLAPPED {
  enum class Kind : std::uint8_t {
    kAccept,
    kConnect,
    kReceive,
    kSend,
    kReceiveDatagram,
    kSendDatagram,
  };

  void Start(Kind what) {
    static_cast<OVERLAPPED&>(*this) = {};
    kind = what;
  }

  std::uint32_t record = 0;
  Kind kind = Kind::kReceive;
};

struct AcceptOperation : Operation {
  // What AcceptEx wants for one address.
  static constexpr DWORD kAddressBytes = sizeof(sockaddr_storage) + 16;

  SOCKET accepted = INVALID_SOCKET;
  std::array<std::byte, 2 * kAddressBytes> addresses;
};

// A listener's part of a record.
struct Listening {
  SocketOptions options;
  Family family = Family::kNone;
  std::vector<std::unique_ptr<AcceptOperation>> operations;  // all there are
  std::vector<AcceptOperation*> idle;
};

struct DatagramOperation : Operation {
  SocketAddress peer;
  std::span<std::byte> memory;
  std::size_t bytes = 0;  // of the datagram, also where the memory holds fewer
  ErrorCode error = ErrorCode::kOk;
  bool done = false;  // and not yet received by the caller
};

// A datagram socket's part of a record.
struct Datagrams {
  std::vector<std::byte> memory;
  // Each is under way or done, in the order of the datagrams from `next` on, and
  // round: packets need not come in that order.
  std::vector<DatagramOperation> receives;
  std::size_t next = 0;
  std::vector<std::byte> unsent;  // a copy of what had no room at once
  bool announced = false;         // a kReadable has been told and not answered to its end

  DatagramOperation& front() { return receives[next]; }
};

// What the backend knows of a socket. It outlives the socket until the last of
// its operations has been answered.
struct Record {
  Token token = 0;
  SOCKET socket = INVALID_SOCKET;
  Operation receive;  // or the connect
  Operation send;
  std::unique_ptr<Listening> listening;
  std::unique_ptr<Datagrams> datagrams;
  std::uint32_t under_way = 0;  // operations that are to be answered
  ErrorCode receive_error = ErrorCode::kOk;
  bool skips_packets = false;  // what is done at once is not answered by a packet
};

}  // namespace hp::sys
