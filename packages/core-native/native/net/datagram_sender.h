// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "net/context.h"

namespace hp::net {

// Sends datagrams: all that one buffer of commands, or one turn of receiving,
// has for an endpoint leaves in one call. What the socket has no room for waits
// in order; what nobody would miss (probes, answers to them) does not.
class DatagramSender {
 public:
  using Part = std::span<const std::byte>;

  explicit DatagramSender(Context& context) : context_(context) {}

  // Each of `datagrams` is sent by the next Flush(); their memory stays until then.
  void Add(Connection& connection, std::span<const Part> datagrams);
  // A datagram of no bytes, by the next Flush().
  void Greet(Connection& connection);
  void Flush();

  // What is sent before the end of a connection goes out before it, and then the
  // peer is told, where that is asked for.
  void SayGoodbye(Connection& connection);
  // The same to somebody who has no connection.
  void SendAway(DatagramEndpoint& endpoint, const sys::IncomingDatagram& stranger);

  // There may be room again.
  void OnSent(DatagramEndpoint& endpoint);

 private:
  enum class Kind : std::uint8_t {
    kSend,      // counts, and waits for room
    kWaited,    // has waited, and is counted already
    kGreeting,  // is not missed where there is no room
  };
  struct Entry {
    Connection* connection;
    Kind kind;
  };

  static constexpr std::size_t kMostAtOnce = 64;

  void Add(Connection& connection, Part datagram, Kind kind);
  void Keep(const Entry& entry, Part datagram);
  void Taken(const Entry& entry, std::size_t bytes);
  void Failed(const Entry& entry, std::size_t bytes, ErrorCode error);
  // Sends from `outgoing_` as much as there is room for; says how many were used up.
  std::size_t Send(DatagramEndpoint& endpoint);
  void SendWaiting(DatagramEndpoint& endpoint);
  void AfterWait(Connection& connection, std::size_t bytes);

  Context& context_;
  DatagramEndpoint* endpoint_ = nullptr;  // of what is in `entries_`
  std::vector<Entry> entries_;
  std::vector<sys::OutgoingDatagram> outgoing_;
};

}  // namespace hp::net
