// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "sys/windows/iocp_backend.h"
#include "sys/windows/system_error.h"

namespace hp::sys {
namespace {

// Takes what a datagram has beyond the memory for it: a receive that is cut
// short would be an error, and Windows does not say whether a packet follows.
// Nobody reads this.
std::array<char, 65'536> beyond;

WSABUF ToBuffer(std::span<const std::byte> bytes) {
  // Not const in the interface, and left alone by what sends.
  return {.len = static_cast<ULONG>(bytes.size()),
          .buf = reinterpret_cast<char*>(const_cast<std::byte*>(bytes.data()))};
}

// Where there is none, the socket is connected.
SocketAddress ToAddress(const Endpoint* peer) {
  if (peer != nullptr) return ToSocketAddress(*peer);
  SocketAddress nobody;
  nobody.length = 0;
  return nobody;
}

const sockaddr* NameOf(const SocketAddress& address) {
  return address.length == 0 ? nullptr : &address.base;
}

// Windows says of a port where nobody is that it has reset a connection.
ErrorCode ToDatagramError(ErrorCode error) {
  return error == ErrorCode::kConnectionReset ? ErrorCode::kConnectionRefused : error;
}

void CopyTo(IncomingDatagram& datagram, const DatagramOperation& received) {
  datagram.bytes = std::min({received.bytes, received.memory.size(), datagram.memory.size()});
  datagram.cut = datagram.bytes < received.bytes;
  datagram.peer = ToEndpoint(received.peer);
  datagram.local = {};
  std::copy_n(received.memory.begin(), datagram.bytes, datagram.memory.begin());
}

}  // namespace

ErrorCode IocpBackend::AttachDatagrams(Socket& socket, const DatagramIntake& intake) {
  if (!port_.Associate(ToNative(socket.handle))) return ErrorCode::kNoBufferSpace;
  Record& record = Register(socket);
  record.datagrams = std::make_unique<Datagrams>();
  Datagrams& datagrams = *record.datagrams;
  datagrams.memory.resize(std::size_t{intake.posted} * intake.max_bytes);
  datagrams.receives.resize(intake.posted);
  std::span<std::byte> rest = datagrams.memory;
  for (DatagramOperation& each : datagrams.receives) {
    each.record = IndexOf(record);
    each.memory = rest.first(intake.max_bytes);
    rest = rest.subspan(intake.max_bytes);
    PostReceive(record, each);
  }
  if (Announce(record)) Defer({.token = record.token, .kind = Completion::Kind::kReadable});
  return ErrorCode::kOk;
}

void IocpBackend::PostReceive(Record& record, DatagramOperation& operation) {
  operation.Start(Operation::Kind::kReceiveDatagram);
  operation.done = false;
  operation.error = ErrorCode::kOk;
  operation.peer = {};
  std::array<WSABUF, 2> buffers = {ToBuffer(operation.memory),
                                   {.len = ULONG{beyond.size()}, .buf = beyond.data()}};
  DWORD flags = 0;
  const bool done =
      WSARecvFrom(record.socket, buffers.data(), DWORD{buffers.size()}, nullptr, &flags,
                  &operation.peer.base, &operation.peer.length, &operation, nullptr) == 0;
  if (HasBegun(record, done)) return;
  operation.error = ToDatagramError(LastError());
  operation.done = true;
}

bool IocpBackend::Announce(Record& record) {
  Datagrams& datagrams = *record.datagrams;
  if (datagrams.announced || !datagrams.front().done) return false;
  datagrams.announced = true;
  return true;
}

bool IocpBackend::TranslateDatagram(Record& record, DatagramOperation& operation, DWORD bytes,
                                    Completion& completion) {
  operation.done = true;
  operation.bytes = bytes;
  operation.error = ToDatagramError(ErrorOf(record, operation));
  completion.kind = Completion::Kind::kReadable;
  return Announce(record);
}

DatagramReceiveResult IocpBackend::ReceiveDatagrams(Socket& socket,
                                                    std::span<IncomingDatagram> datagrams) {
  Record& record = RecordOf(socket);
  Datagrams& own = *record.datagrams;
  if (own.front().done && own.front().error != ErrorCode::kOk) {
    const ErrorCode error = own.front().error;
    PostFront(record);
    return {.error = error, .more = true};
  }
  DatagramReceiveResult result;
  while (result.count < datagrams.size() && own.front().done &&
         own.front().error == ErrorCode::kOk) {
    CopyTo(datagrams[result.count++], own.front());
    PostFront(record);
  }
  own.announced = result.more = own.front().done;
  return result;
}

void IocpBackend::PostFront(Record& record) {
  Datagrams& datagrams = *record.datagrams;
  DatagramOperation& operation = datagrams.front();
  datagrams.next = (datagrams.next + 1) % datagrams.receives.size();
  PostReceive(record, operation);
}

DatagramSendResult IocpBackend::SendDatagrams(Socket& socket,
                                              std::span<const OutgoingDatagram> datagrams) {
  Record& record = RecordOf(socket);
  DatagramSendResult result;
  for (const OutgoingDatagram& each : datagrams) {
    result.error = SendDatagram(record.socket, each);
    if (result.error == ErrorCode::kTryAgain || result.error == ErrorCode::kNoBufferSpace) {
      result.error = SendWhenThereIsRoom(record, each);
      result.pending = result.error == ErrorCode::kOk;
    }
    if (result.error != ErrorCode::kOk) return result;
    ++result.count;
    if (result.pending) return result;
  }
  return result;
}

ErrorCode IocpBackend::SendDatagram(SOCKET socket, const OutgoingDatagram& datagram) {
  WSABUF buffer = ToBuffer(datagram.bytes);
  const SocketAddress peer = ToAddress(datagram.peer);
  DWORD bytes = 0;
  const int failed =
      WSASendTo(socket, &buffer, 1, &bytes, 0, NameOf(peer), peer.length, nullptr, nullptr);
  return failed == 0 ? ErrorCode::kOk : ToDatagramError(LastError());
}

// A completion port cannot wait for room, but for one datagram to be sent.
ErrorCode IocpBackend::SendWhenThereIsRoom(Record& record, const OutgoingDatagram& datagram) {
  std::vector<std::byte>& copy = record.datagrams->unsent;
  copy.assign(datagram.bytes.begin(), datagram.bytes.end());
  WSABUF buffer = ToBuffer(copy);
  const SocketAddress peer = ToAddress(datagram.peer);
  record.send.Start(Operation::Kind::kSendDatagram);
  const bool done = WSASendTo(record.socket, &buffer, 1, nullptr, 0, NameOf(peer), peer.length,
                              &record.send, nullptr) == 0;
  return HasBegun(record, done) ? ErrorCode::kOk : ToDatagramError(LastError());
}

}  // namespace hp::sys
