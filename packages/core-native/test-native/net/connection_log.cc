// SPDX-License-Identifier: Apache-2.0
#include "connection_log.h"

#include <algorithm>
#include <cstring>

namespace hp::net {

void ConnectionLog::Break(const Event& event, const char* what) {
  broken_promises_.push_back("event " + std::to_string(static_cast<int>(event.kind)) + " of " +
                             std::to_string(IdOf(event)) + ": " + what);
}

void ConnectionLog::Note(const Event& event, const TestMemory& memory) {
  events_.push_back(event);
  switch (event.kind) {
    case EventKind::kReject:
    case EventKind::kAcceptPause:
    case EventKind::kStopped:
      return;
    case EventKind::kAccept:
    case EventKind::kConnect:
      return NoteOpened(event, {.slot = event.slot, .id = IdOf(event)});
    default:
      break;
  }
  const auto found = connections_.find(IdOf(event));
  if (found == connections_.end()) return Break(event, "of a stranger");
  NoteOf(found->second, event, memory);
}

void ConnectionLog::HandedOver(const Target& target) {
  NoteOpened({.kind = EventKind::kConnect}, target);
}

void ConnectionLog::NoteOpened(const Event& event, const Target& target) {
  if (target.id == 0) Break(event, "ids begin at 1");
  Connection& connection = connections_[target.id];
  if (connection.opened) Break(event, "told twice");
  if (connection.closed) Break(event, "told after its close");
  if (!owners_.emplace(target.slot, target.id).second) Break(event, "in a slot that is in use");
  connection.target = target;
  connection.opened = true;
  newest_ = target.id;
}

void ConnectionLog::NoteOf(Connection& connection, const Event& event, const TestMemory& memory) {
  if (connection.closed) Break(event, "after the close");
  if (connection.ended && event.kind == EventKind::kReceive) Break(event, "after the end");
  const bool is_close = event.kind == EventKind::kClose;
  if (!connection.opened && !is_close) Break(event, "before the connection was told");
  if (connection.opened && event.slot != connection.target.slot) Break(event, "in another slot");
  switch (event.kind) {
    case EventKind::kReceive: {
      const std::string_view bytes = memory.At(event.a).substr(event.b, event.length);
      if (bytes.empty() || bytes.size() != event.length) Break(event, "without its bytes");
      connection.received += bytes;
      connection.messages.emplace_back(bytes);
      return;
    }
    case EventKind::kReceiveFrom:
      return NoteDatagram(connection, event, memory.At(event.a).substr(event.b, BytesOf(event)));
    case EventKind::kSend:
      connection.sent += event.length;
      return;
    case EventKind::kDrain:
      ++connection.drains;
      return;
    case EventKind::kHandshake:
      ++connection.handshakes;
      return;
    case EventKind::kEnd:
      if (connection.ended) Break(event, "twice");
      connection.ended = true;
      return;
    case EventKind::kClose:
      connection.closed = true;
      connection.target.slot = event.slot;
      connection.operation = event.operation;
      connection.error = static_cast<ErrorCode>(event.error);
      return;
    default:
      return;
  }
}

void ConnectionLog::NoteDatagram(Connection& connection, const Event& event,
                                 std::string_view bytes) {
  if (bytes.size() != BytesOf(event)) return Break(event, "without its bytes");
  connection.messages.emplace_back(bytes.substr(0, event.length));
  std::memcpy(&connection.senders.emplace_back(), &bytes[event.length], sizeof(SenderAddress));
}

void ConnectionLog::Seen(const Event& event) {
  if (event.kind == EventKind::kClose) owners_.erase(event.slot);
}

std::size_t ConnectionLog::CountOf(EventKind kind) const {
  return static_cast<std::size_t>(std::count_if(
      events_.begin(), events_.end(), [kind](const Event& event) { return event.kind == kind; }));
}

void ConnectionLog::Forget() {
  connections_.clear();
  events_.clear();
}

}  // namespace hp::net
