// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "command_buffer.h"
#include "net/event.h"
#include "test_memory.h"

namespace hp::net {

// What JavaScript would know from the events it was told. It holds each against
// the promises of the boundary and keeps those that were broken:
// - a connection is told first, closed once, and nothing after that;
// - its slot belongs to nobody else until its close has been seen;
// - no id comes twice.
// Of datagrams it keeps each as it came.
class ConnectionLog {
 public:
  struct Connection {
    Target target;
    std::string received;
    std::vector<std::string> messages;   // what was received, as it was told
    std::vector<SenderAddress> senders;  // of each, where that is told
    std::size_t sent = 0;                // as told by kSend
    std::size_t drains = 0;
    std::size_t handshakes = 0;
    bool opened = false;  // by kAccept or kConnect
    bool ended = false;
    bool closed = false;
    Operation operation = Operation::kUnknown;
    ErrorCode error = ErrorCode::kOk;
  };

  // A connect has been asked for: no event has told its id yet.
  void Expect(std::uint64_t id) { connections_[id].target.id = id; }
  // A connection was handed to the reactor, which does not tell that.
  void HandedOver(const Target& target);
  void Note(const Event& event, const TestMemory& memory);
  void Seen(const Event& event);

  const Connection& operator[](std::uint64_t id) { return connections_[id]; }
  const std::map<std::uint64_t, Connection>& connections() const { return connections_; }
  // The newest connection that was told.
  const Connection& newest() { return connections_[newest_]; }
  std::size_t CountOf(EventKind kind) const;
  const std::vector<Event>& events() const { return events_; }
  const std::vector<std::string>& broken_promises() const { return broken_promises_; }
  void Forget();

 private:
  void NoteOpened(const Event& event, const Target& target);
  void NoteOf(Connection& connection, const Event& event, const TestMemory& memory);
  void NoteDatagram(Connection& connection, const Event& event, std::string_view bytes);
  void Break(const Event& event, const char* what);

  std::map<std::uint64_t, Connection> connections_;
  std::map<std::uint32_t, std::uint64_t> owners_;  // slot -> id, until its close was seen
  std::vector<Event> events_;
  std::vector<std::string> broken_promises_;
  std::uint64_t newest_ = 0;
};

inline std::uint64_t IdOf(const Event& event) {
  return (std::uint64_t{event.id_high} << 32) | event.id_low;
}

}  // namespace hp::net
