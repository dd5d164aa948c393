// SPDX-License-Identifier: Apache-2.0
#include "net/receiver.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace hp::net {
namespace {

bool MayReceive(const Connection& connection) {
  return connection.state == Connection::State::kOpen && connection.read_blocks == 0 &&
         !connection.has_ended() && connection.has_more();
}

}  // namespace

void Receiver::OnReadable(Connection& connection, bool ended) {
  if (connection.state == Connection::State::kLingering) return context_.Discard(connection);
  connection.readable = true;
  connection.ended |= ended;
  if (!MayReceive(connection)) return;
  if (context_.intake.HasBudget() && !connection.in_ready_list) {
    Receive(connection);
  } else {
    context_.MarkReady(connection);
  }
}

void Receiver::ServeReady() {
  const std::vector<std::uint32_t> slots = std::exchange(context_.ready, {});
  std::vector<std::uint32_t> unserved;
  for (const std::uint32_t slot : slots) {
    // Closed since, and its memory given back: SlotTable::Trim().
    if (slot >= context_.connections.bound()) continue;
    Connection& connection = context_.connections[slot];
    if (!connection.in_ready_list) continue;
    connection.in_ready_list = false;
    if (!MayReceive(connection)) continue;
    if (context_.intake.HasBudget()) {
      Receive(connection);
    } else {
      connection.in_ready_list = true;
      unserved.push_back(slot);
    }
  }
  // Before those who were served and have more, who would else use up every turn.
  context_.ready.insert(context_.ready.begin(), unserved.begin(), unserved.end());
}

void Receiver::Receive(Connection& connection) {
  // Only a stream that has ended is read to its end at once; any other that has
  // more waits for its next turn.
  while (connection.filter == nullptr ? ReceiveOnce(connection) : ReceiveFiltered(connection)) {
    if (connection.read_blocks != 0) return;
    if (!connection.ended || !context_.intake.HasBudget()) {
      context_.MarkReady(connection);
      return;
    }
  }
}

bool Receiver::ReceiveOnce(Connection& connection) {
  const std::span<std::byte> memory = context_.intake.Reserve(connection);
  if (memory.empty()) return true;
  const sys::ReceiveResult result = Take(connection, memory);
  if (result.bytes != 0) context_.TellReceived(connection, result.bytes);
  return Conclude(connection, result);
}

bool Receiver::ReceiveFiltered(Connection& connection) {
  if (connection.filter->has_more()) {
    sender_.Conclude(connection, connection.filter->Resume(context_, connection));
    return connection.state == Connection::State::kOpen && !connection.has_ended() &&
           connection.has_more();
  }
  const std::span<std::byte> wire = Wire();
  const sys::ReceiveResult result = Take(connection, wire);
  if (result.bytes != 0) {
    const auto bytes = wire.first(result.bytes);
    sender_.Conclude(connection, connection.filter->Receive(context_, connection, bytes));
    if (connection.state != Connection::State::kOpen || connection.has_ended()) return false;
  }
  return Conclude(connection, result) || connection.filter->has_more();
}

sys::ReceiveResult Receiver::Take(Connection& connection, std::span<std::byte> memory) {
  const sys::ReceiveResult result = context_.backend.Receive(connection.socket, memory);
  Counters& counters = context_.counters(connection);
  counters.receive_calls.Add(1);
  if (result.bytes != 0) {
    connection.last_receive_ms.store(context_.now_ms, std::memory_order_relaxed);
    counters.receives.Add(1);
    counters.bytes_received.Add(result.bytes);
  }
  return result;
}

bool Receiver::Conclude(Connection& connection, const sys::ReceiveResult& result) {
  if (result.end) {
    End(connection);
    return false;
  }
  if (result.error != ErrorCode::kOk) {
    context_.Close(connection, Operation::kReceive, result.error);
    return false;
  }
  if (result.more || (result.bytes != 0 && connection.ended)) return true;
  connection.readable = false;
  return false;
}

// Once: whatever comes of it, nothing is received any more.
void Receiver::End(Connection& connection) {
  if (connection.filter != nullptr) {
    const int answer = connection.filter->End(context_, connection);
    // Not to be resumed any more.
    sender_.Conclude(connection, std::min<int>(answer, HP_FILTER_OK), Operation::kClose);
  }
  sender_.End(connection);
}

void Receiver::Delivered(Connection& connection, std::size_t bytes) {
  if (context_.intake.Delivered(connection, bytes)) {
    context_.UnblockReads(connection, Connection::kUndelivered);
  }
  if (connection.end_waits && connection.undelivered == 0) sender_.End(connection);
}

std::span<std::byte> Receiver::Wire() {
  if (wire_ == nullptr) wire_ = std::make_unique_for_overwrite<std::byte[]>(kWireBytes);
  return {wire_.get(), kWireBytes};
}

}  // namespace hp::net
