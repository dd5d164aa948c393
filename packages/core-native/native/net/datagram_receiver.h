// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "net/context.h"
#include "net/datagram_sender.h"

namespace hp::net {

// Takes datagrams off sockets and tells them. A server's strangers become
// connections here. No endpoint starves the others.
class DatagramReceiver {
 public:
  using Endpoint = std::shared_ptr<DatagramEndpoint>;

  DatagramReceiver(Context& context, DatagramSender& sender) : context_(context), sender_(sender) {}

  void OnReadable(const Endpoint& endpoint);
  // Receives from those that were left over or have been unblocked.
  void ServeReady();
  // JavaScript has accepted a connection; it is received from, and sends, from now on.
  void Open(Connection& connection);

 private:
  // Asked for at once: as far as the memory is enough, but at least a few.
  static constexpr std::size_t kBytesAtOnce = 256 << 10;
  static constexpr std::size_t kLeastAtOnce = 4;
  static constexpr std::size_t kFirstAtOnce = 8;

  bool MayReceive(const DatagramEndpoint& endpoint);
  bool MayTakeMore() const { return context_.intake.HasBudget() && holder_ == nullptr; }
  void Receive(const Endpoint& endpoint);
  // Memory for as many datagrams as an endpoint may well have.
  std::span<sys::IncomingDatagram> MemoryFor(const DatagramEndpoint& endpoint);
  // Tells what has been received and is not told; false while there is no memory for it.
  bool TellAll();
  bool Take(const Endpoint& endpoint, sys::IncomingDatagram& datagram);
  bool TakeFrom(Connection& connection, sys::IncomingDatagram& datagram);
  bool Tell(Connection& connection, sys::IncomingDatagram& datagram);
  void AnswerProbe(Connection& connection);
  // The connection of a peer that was none so far; none where it may not be one.
  Connection* Meet(const Endpoint& endpoint, const sys::IncomingDatagram& datagram);
  void Reject(DatagramEndpoint& endpoint, const sys::IncomingDatagram& datagram);
  void Fail(DatagramEndpoint& endpoint, ErrorCode error);

  Context& context_;
  DatagramSender& sender_;
  std::vector<std::byte> memory_;
  std::vector<sys::IncomingDatagram> incoming_;
  // Received from `holder_` and not told yet: [next_, count_) of `incoming_`.
  Endpoint holder_;
  std::size_t next_ = 0;
  std::size_t count_ = 0;
  std::uint64_t turn_ = 1;
};

}  // namespace hp::net
