// SPDX-License-Identifier: Apache-2.0
#include "net/datagram_sender.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "net/close_notify.h"

namespace hp::net {
namespace {

// What is not known the system chooses.
const sys::Endpoint* Known(const sys::Endpoint& local) {
  return local.family == sys::Family::kNone ? nullptr : &local;
}

// From the address that the peer wrote to: one whose socket is connected sees no other.
sys::OutgoingDatagram Addressed(std::span<const std::byte> bytes, const Connection& connection) {
  const bool is_connected = connection.endpoint->role == DatagramEndpoint::Role::kClient;
  return {.bytes = bytes,
          .peer = is_connected ? nullptr : &connection.peer,
          .local = Known(connection.local)};
}

}  // namespace

void DatagramSender::Add(Connection& connection, std::span<const Part> datagrams) {
  // As for streams: what nobody sends any more stays pending.
  if (!connection.may_send()) return;
  // What is sent inside onConnect comes after it too.
  const bool is_client = connection.endpoint->role == DatagramEndpoint::Role::kClient;
  if (is_client && std::exchange(connection.owes_greeting, false)) Greet(connection);
  for (const Part& datagram : datagrams) Add(connection, datagram, Kind::kSend);
}

void DatagramSender::Greet(Connection& connection) { Add(connection, {}, Kind::kGreeting); }

void DatagramSender::Add(Connection& connection, Part datagram, Kind kind) {
  DatagramEndpoint& endpoint = *connection.endpoint;
  if (endpoint_ != &endpoint || entries_.size() == kMostAtOnce) Flush();
  const Entry entry{.connection = &connection, .kind = kind};
  if (endpoint.send_pending) return Keep(entry, datagram);
  endpoint_ = &endpoint;
  entries_.push_back(entry);
  outgoing_.push_back(Addressed(datagram, connection));
}

void DatagramSender::Flush() {
  if (entries_.empty()) return;
  const std::size_t used = Send(*endpoint_);
  for (std::size_t i = used; i < entries_.size(); ++i) Keep(entries_[i], outgoing_[i].bytes);
  entries_.clear();
  outgoing_.clear();
}

std::size_t DatagramSender::Send(DatagramEndpoint& endpoint) {
  std::size_t next = 0;
  while (next < entries_.size() && endpoint.socket.open() && !endpoint.send_pending) {
    const sys::DatagramSendResult result =
        context_.backend.SendDatagrams(endpoint.socket, std::span(outgoing_).subspan(next));
    context_.counters(*endpoint.component).send_calls.Add(1);
    for (const std::size_t end = next + result.count; next < end; ++next) {
      Taken(entries_[next], outgoing_[next].bytes.size());
    }
    endpoint.send_pending = result.pending;
    if (result.error == ErrorCode::kOk) continue;
    Failed(entries_[next], outgoing_[next].bytes.size(), result.error);
    ++next;
  }
  return next;
}

void DatagramSender::Taken(const Entry& entry, std::size_t bytes) {
  if (entry.kind == Kind::kGreeting) return;
  context_.Sent(*entry.connection, bytes);
  if (entry.kind == Kind::kSend) context_.Count(*entry.connection, bytes, 0);
}

void DatagramSender::Failed(const Entry& entry, std::size_t bytes, ErrorCode error) {
  Connection& connection = *entry.connection;
  if (entry.kind == Kind::kSend) context_.Count(connection, bytes, 0);
  // Its end is told and seen: what is flushed is on its own.
  if (connection.state == Connection::State::kFlushing) return;
  // What was sent before has met nobody.
  if (error == ErrorCode::kConnectionRefused) {
    return context_.Close(connection, Operation::kReceive, error);
  }
  if (entry.kind == Kind::kGreeting) return;
  // Lost, as it might have been further on.
  if (error == ErrorCode::kNoBufferSpace)
    return context_.counters(connection).dropped_datagrams.Add(1);
  connection.flush_after_close = false;
  context_.Close(connection, Operation::kSend, error);
}

void DatagramSender::Keep(const Entry& entry, Part datagram) {
  Connection& connection = *entry.connection;
  if (entry.kind == Kind::kGreeting || !connection.may_send()) return;
  auto memory = std::make_unique_for_overwrite<std::byte[]>(datagram.size());
  std::ranges::copy(datagram, memory.get());
  connection.endpoint->waiting.push_back({.slot = connection.slot,
                                          .id = connection.id,
                                          .bytes = datagram.size(),
                                          .memory = std::move(memory)});
  context_.Count(connection, datagram.size(), datagram.size());
  context_.CheckMarks(connection);
}

void DatagramSender::SayGoodbye(Connection& connection) {
  if (connection.state != Connection::State::kOpen) return;
  Flush();
  if (!connection.component->settings().datagrams.close_notify) return;
  Add(connection, CloseNotify(), Kind::kGreeting);
  Flush();
}

void DatagramSender::SendAway(DatagramEndpoint& endpoint, const sys::IncomingDatagram& stranger) {
  if (!endpoint.component->settings().datagrams.close_notify || endpoint.send_pending) return;
  const sys::OutgoingDatagram goodbye{
      .bytes = CloseNotify(), .peer = &stranger.peer, .local = Known(stranger.local)};
  context_.counters(*endpoint.component).send_calls.Add(1);
  endpoint.send_pending = context_.backend.SendDatagrams(endpoint.socket, {&goodbye, 1}).pending;
}

void DatagramSender::OnSent(DatagramEndpoint& endpoint) {
  endpoint.send_pending = false;
  while (!endpoint.waiting.empty() && !endpoint.send_pending && endpoint.socket.open()) {
    SendWaiting(endpoint);
  }
}

// As many from the front as are still to be sent, at once.
void DatagramSender::SendWaiting(DatagramEndpoint& endpoint) {
  std::size_t count = 0;
  for (; count < std::min(endpoint.waiting.size(), kMostAtOnce); ++count) {
    const DatagramEndpoint::Waiting& waiting = endpoint.waiting[count];
    Connection* connection = context_.Find(waiting.slot, waiting.id);
    if (connection == nullptr || !connection->may_send()) break;
    entries_.push_back({.connection = connection, .kind = Kind::kWaited});
    outgoing_.push_back(Addressed({waiting.memory.get(), waiting.bytes}, *connection));
  }
  const std::size_t used = count == 0 ? 1 : Send(endpoint);
  for (std::size_t i = 0; i < used; ++i) {
    const DatagramEndpoint::Waiting sent = std::move(endpoint.waiting.front());
    endpoint.waiting.pop_front();
    if (count != 0) AfterWait(*entries_[i].connection, sent.bytes);
  }
  entries_.clear();
  outgoing_.clear();
}

void DatagramSender::AfterWait(Connection& connection, std::size_t bytes) {
  using State = Connection::State;
  if (!connection.may_send()) return;
  context_.DiscountWaiting(connection, bytes);
  const std::size_t queued = connection.queued();
  if (connection.state == State::kFlushing && queued == 0) return context_.Release(connection);
  if (connection.state == State::kFlushing) {
    return context_.wheel.Arm(connection.timer, context_.now_ms + Context::kFlushAfterCloseMs);
  }
  context_.CheckMarks(connection);
}

}  // namespace hp::net
