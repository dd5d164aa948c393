// SPDX-License-Identifier: Apache-2.0
#include "net/datagram_receiver.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "net/close_notify.h"
#include "net/deadlines.h"

namespace hp::net {
namespace {

using Role = DatagramEndpoint::Role;

// What a datagram costs beside its bytes, in bytes that cost as much.
constexpr std::size_t kOverheadBytes = 128;

SenderAddress ToSender(const sys::Endpoint& peer) {
  SenderAddress sender{};
  sender.family = static_cast<std::uint8_t>(peer.family);
  sender.port[0] = static_cast<std::uint8_t>(peer.port >> 8);
  sender.port[1] = static_cast<std::uint8_t>(peer.port);
  for (int i = 0; i < 4; ++i)
    sender.scope[i] = static_cast<std::uint8_t>(peer.scope >> (24 - 8 * i));
  std::ranges::copy(peer.address, sender.address);
  return sender;
}

// A datagram is received with a place behind it for who sent it.
std::size_t StrideOf(const DatagramSettings& settings) {
  return settings.max_bytes + sizeof(SenderAddress);
}

}  // namespace

void DatagramReceiver::OnReadable(const Endpoint& endpoint) {
  endpoint->readable = true;
  if (!MayReceive(*endpoint)) return;
  if (context_.intake.HasBudget() && !endpoint->in_ready_list) {
    Receive(endpoint);
  } else {
    context_.MarkReady(endpoint);
  }
}

void DatagramReceiver::ServeReady() {
  ++turn_;
  if (!TellAll()) return;
  std::vector<Endpoint> unserved;
  for (const Endpoint& endpoint : std::exchange(context_.ready_endpoints, {})) {
    endpoint->in_ready_list = false;
    if (!MayReceive(*endpoint)) continue;
    if (MayTakeMore()) {
      Receive(endpoint);
    } else {
      endpoint->in_ready_list = true;
      unserved.push_back(endpoint);
    }
  }
  // Before those that were served and have more, who would else use up every turn.
  context_.ready_endpoints.insert(context_.ready_endpoints.begin(), unserved.begin(),
                                  unserved.end());
}

bool DatagramReceiver::MayReceive(const DatagramEndpoint& endpoint) {
  if (!endpoint.socket.open() || !endpoint.readable) return false;
  if (endpoint.role == Role::kServer) return true;
  const Connection& connection = context_.connections[endpoint.slot];
  return connection.state == Connection::State::kOpen && connection.read_blocks == 0;
}

void DatagramReceiver::Receive(const Endpoint& endpoint) {
  do {
    if (!MayTakeMore()) return context_.MarkReady(endpoint);
    const std::span<sys::IncomingDatagram> memory = MemoryFor(*endpoint);
    const sys::DatagramReceiveResult result =
        context_.backend.ReceiveDatagrams(endpoint->socket, memory);
    context_.counters(*endpoint->component).receive_calls.Add(1);
    endpoint->burst = static_cast<std::uint32_t>(result.count);
    endpoint->readable = result.more;
    if (result.error != ErrorCode::kOk) {
      Fail(*endpoint, result.error);
      // One that lasts is met once a turn.
      return context_.MarkReady(endpoint);
    }
    holder_ = endpoint;
    next_ = 0;
    count_ = result.count;
    TellAll();
  } while (MayReceive(*endpoint));
}

std::span<sys::IncomingDatagram> DatagramReceiver::MemoryFor(const DatagramEndpoint& endpoint) {
  const DatagramSettings& settings = endpoint.component->settings().datagrams;
  const std::size_t stride = StrideOf(settings);
  const std::size_t most =
      std::max(kLeastAtOnce, std::min<std::size_t>(settings.receives, kBytesAtOnce / stride));
  const std::size_t count = std::min(most, std::max(kFirstAtOnce, std::size_t{2} * endpoint.burst));
  if (memory_.size() < most * stride) memory_.resize(most * stride);
  incoming_.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    incoming_[i].memory = std::span(memory_).subspan(i * stride, settings.max_bytes);
  }
  return incoming_;
}

bool DatagramReceiver::TellAll() {
  if (holder_ == nullptr) return true;
  while (next_ < count_) {
    // Closed meanwhile: what it has left is told to nobody.
    if (!holder_->socket.open()) break;
    if (!Take(holder_, incoming_[next_])) break;
    ++next_;
  }
  sender_.Flush();
  if (next_ < count_ && holder_->socket.open()) {
    context_.MarkReady(holder_);
    return false;
  }
  holder_.reset();
  return true;
}

bool DatagramReceiver::Take(const Endpoint& endpoint, sys::IncomingDatagram& datagram) {
  context_.intake.Spend(datagram.bytes + kOverheadBytes);
  if (endpoint->role != Role::kServer) {
    return TakeFrom(context_.connections[endpoint->slot], datagram);
  }
  const std::uint32_t slot = endpoint->peers.Find(datagram.peer);
  Connection* connection =
      slot == PeerTable::kNone ? Meet(endpoint, datagram) : &context_.connections[slot];
  return connection == nullptr || TakeFrom(*connection, datagram);
}

Connection* DatagramReceiver::Meet(const Endpoint& endpoint,
                                   const sys::IncomingDatagram& datagram) {
  Component& component = *endpoint->component;
  const ComponentSettings& settings = component.settings();
  const bool ends =
      settings.datagrams.close_notify && IsCloseNotify(datagram.memory.first(datagram.bytes));
  if (datagram.cut || ends) {
    context_.counters(component).dropped_datagrams.Add(1);
    return nullptr;
  }
  // Counted first: other reactors meet strangers too.
  const std::uint32_t others = component.connection_count().fetch_add(1, std::memory_order_relaxed);
  if (settings.max_connections != 0 && others >= settings.max_connections) {
    component.connection_count().fetch_sub(1, std::memory_order_relaxed);
    Reject(*endpoint, datagram);
    return nullptr;
  }
  Connection& connection = context_.Create(component, component.TakeId());
  connection.endpoint = endpoint;
  connection.peer = datagram.peer;
  connection.state = Connection::State::kOpen;
  connection.read_blocks = Connection::kNotOpened;
  endpoint->peers.Insert(connection.peer, connection.slot);
  ArmDeadline(context_, connection);
  context_.counters(component).accepted.Add(1);
  context_.Tell(EventKind::kAccept, connection);
  if (settings.opens_by_itself) Open(connection);
  return &connection;
}

void DatagramReceiver::Reject(DatagramEndpoint& endpoint, const sys::IncomingDatagram& datagram) {
  Component& component = *endpoint.component;
  context_.counters(component).rejected.Add(1);
  sender_.SendAway(endpoint, datagram);
  // A flood is told once a turn: telling is dearer than sending away.
  const bool is_told = std::exchange(endpoint.reject_turn, turn_) == turn_;
  if (is_told || !component.settings().tells_rejects) return;
  context_.Tell(EventKind::kReject, component, ErrorCode::kConnectionLimit);
}

bool DatagramReceiver::TakeFrom(Connection& connection, sys::IncomingDatagram& datagram) {
  if (connection.state != Connection::State::kOpen) return true;
  const DatagramSettings& settings = connection.component->settings().datagrams;
  connection.last_heard_ms = context_.now_ms;
  connection.probes = 0;
  // One that came before the system was asked says nothing.
  if (datagram.local.family != sys::Family::kNone) connection.local = datagram.local;
  if (datagram.cut) {
    sender_.SayGoodbye(connection);
    context_.Close(connection, Operation::kReceive, ErrorCode::kMessageSize);
    return true;
  }
  const bool is_probe = datagram.bytes == 0 && connection.endpoint->role != Role::kCast;
  if (is_probe) {
    context_.counters(connection).heartbeats.Add(1);
    AnswerProbe(connection);
    return true;
  }
  if (settings.close_notify && IsCloseNotify(datagram.memory.first(datagram.bytes))) {
    context_.Close(connection, Operation::kClose, ErrorCode::kOk);
    return true;
  }
  return Tell(connection, datagram);
}

void DatagramReceiver::AnswerProbe(Connection& connection) {
  if (connection.endpoint->role != Role::kServer) return;
  connection.owes_greeting = (connection.read_blocks & Connection::kNotOpened) != 0;
  if (!connection.owes_greeting) sender_.Greet(connection);
}

bool DatagramReceiver::Tell(Connection& connection, sys::IncomingDatagram& datagram) {
  const Role role = connection.endpoint->role;
  Counters& counters = context_.counters(connection);
  // A server cannot stop receiving from one peer alone.
  if (role == Role::kServer && context_.intake.IsFull(connection)) {
    counters.dropped_datagrams.Add(1);
    return true;
  }
  std::span<const std::byte> bytes = datagram.memory.first(datagram.bytes);
  if (role == Role::kCast) {
    const SenderAddress sender = ToSender(datagram.peer);
    std::memcpy(datagram.memory.data() + datagram.bytes, &sender, sizeof(sender));
    bytes = {datagram.memory.data(), datagram.bytes + sizeof(sender)};
  }
  const auto place = context_.intake.Copy(connection, bytes);
  if (!place) return false;
  connection.last_receive_ms.store(context_.now_ms, std::memory_order_relaxed);
  counters.receives.Add(1);
  counters.bytes_received.Add(datagram.bytes);
  const bool is_blocked = (connection.read_blocks & Connection::kUndelivered) != 0;
  if (role != Role::kServer && !is_blocked && context_.intake.IsFull(connection)) {
    context_.BlockReads(connection, Connection::kUndelivered);
    counters.read_pauses.Add(1);
  }
  context_.Tell(role == Role::kCast ? EventKind::kReceiveFrom : EventKind::kReceive, connection,
                {.kind = EventKind{},
                 .flags = connection.borrowed ? kBorrowed : std::uint16_t{0},
                 .a = place->block,
                 .b = place->offset,
                 .length = static_cast<std::uint32_t>(datagram.bytes),
                 .error = static_cast<std::int32_t>(connection.component->index())});
  return true;
}

void DatagramReceiver::Open(Connection& connection) {
  if (connection.state != Connection::State::kOpen) return;
  context_.UnblockReads(connection, Connection::kNotOpened);
  if (std::exchange(connection.owes_greeting, false)) sender_.Greet(connection);
}

void DatagramReceiver::Fail(DatagramEndpoint& endpoint, ErrorCode error) {
  // What concerns all of a server's peers at once ends none of them.
  if (endpoint.role != Role::kClient) return;
  context_.Close(context_.connections[endpoint.slot], Operation::kReceive, error);
}

}  // namespace hp::net
