// SPDX-License-Identifier: Apache-2.0
#include "net/sender.h"

#include <algorithm>
#include <array>

#include "net/deadlines.h"

namespace hp::net {
namespace {

// Offsets into a command buffer are told apart from "none" by adding one.
constexpr std::uint32_t kNone = 0;

Command& CommandAt(std::byte* buffer, std::uint32_t offset) {
  return *reinterpret_cast<Command*>(buffer + offset);
}

std::span<const std::byte> PayloadOf(Command& command) {
  return {reinterpret_cast<const std::byte*>(&command + 1), command.length};
}

std::size_t SizeOf(const Command& command) {
  const bool has_payload =
      command.kind == CommandKind::kSend || command.kind == CommandKind::kFilter;
  const std::size_t payload = has_payload ? command.length : 0;
  return (sizeof(Command) + payload + kCommandAlignment - 1) / kCommandAlignment *
         kCommandAlignment;
}

}  // namespace

void Sender::Execute(std::span<std::byte> commands) {
  Read(commands);
  FlushAll();
}

void Sender::Execute(std::span<std::byte> commands, std::uint32_t slot, std::uint64_t id,
                     std::span<const std::byte> bytes) {
  Read(commands);
  if (Connection* connection = context_.Find(slot, id)) Flush(*connection, bytes);
  FlushAll();
}

void Sender::Read(std::span<std::byte> commands) {
  buffer_ = commands.data();
  for (std::uint32_t offset = 0; commands.size() - offset >= sizeof(Command);) {
    Command& command = CommandAt(buffer_, offset);
    const std::size_t size = SizeOf(command);
    // Memory beside the buffer is lent to listeners: one may have written too far.
    if (size > commands.size() - offset) return;
    if (Connection* connection = context_.Find(command.slot, command.id())) {
      if (command.kind == CommandKind::kSend) {
        AddToFlush(*connection, offset);
      } else {
        Flush(*connection);
        Carry(command, *connection);
      }
    }
    offset += static_cast<std::uint32_t>(size);
  }
}

void Sender::FlushAll() {
  for (const std::uint32_t slot : touched_) Flush(context_.connections[slot]);
  touched_.clear();
  datagrams_.sender().Flush();
}

// The sends of one connection are chained through the id field of their
// commands, which has been checked by then and is not needed again.
void Sender::AddToFlush(Connection& connection, std::uint32_t offset) {
  CommandAt(buffer_, offset).id_low = kNone;
  if (connection.first_send == kNone) {
    connection.first_send = offset + 1;
    touched_.push_back(connection.slot);
  } else {
    CommandAt(buffer_, connection.last_send - 1).id_low = offset + 1;
  }
  connection.last_send = offset + 1;
}

void Sender::Flush(Connection& connection, Part last) {
  if (connection.first_send == kNone && last.empty()) return;
  // With something last, the buffer has at most the head of that.
  const bool direct = connection.endpoint == nullptr && last.empty() &&
                      connection.component->settings().send_policy == SendPolicy::kDirect;
  parts_.clear();
  for (std::uint32_t next = connection.first_send; next != kNone;) {
    Command& command = CommandAt(buffer_, next - 1);
    next = command.id_low;
    parts_.push_back(PayloadOf(command));
    context_.counters(connection).sends.Add(command.flags);
    if (direct) {
      Submit(connection, parts_);
      parts_.clear();
    }
  }
  connection.first_send = connection.last_send = kNone;
  if (!last.empty()) {
    parts_.push_back(last);
    context_.counters(connection).sends.Add(1);
  }
  if (connection.endpoint != nullptr) return datagrams_.sender().Add(connection, parts_);
  if (!parts_.empty()) Submit(connection, parts_);
}

void Sender::Carry(Command& command, Connection& connection) {
  switch (command.kind) {
    case CommandKind::kOpen:
      return Open(connection);
    case CommandKind::kFilter:
      if (!StartFilter(connection)) return;
      return Conclude(connection, connection.filter->Command(context_, connection, command.flags,
                                                             PayloadOf(command)));
    case CommandKind::kPause:
      context_.counters(connection).read_pauses.Add(1);
      return context_.BlockReads(connection, Connection::kPaused);
    case CommandKind::kResume:
      return context_.UnblockReads(connection, Connection::kPaused);
    case CommandKind::kHold:
      context_.counters(connection).read_pauses.Add(1);
      return context_.BlockReads(connection, Connection::kHeld);
    case CommandKind::kUnhold:
      return context_.UnblockReads(connection, Connection::kHeld);
    case CommandKind::kBorrow:
      connection.borrowed = command.length != 0;
      return;
    case CommandKind::kHalfOpen:
      connection.half_open = true;
      return;
    case CommandKind::kNotifyDrain:
      connection.notify_drain = true;
      return AfterQueueChange(connection);
    case CommandKind::kEnd:
      // Of datagrams there is none.
      if (connection.endpoint != nullptr) return;
      if (connection.state != Connection::State::kOpen || connection.ending) return;
      if (StartFilter(connection)) {
        Conclude(connection, connection.filter->Finish(context_, connection));
      }
      connection.ending = true;
      return AfterQueueChange(connection);
    case CommandKind::kDisconnect:
      return Disconnect(command, connection);
    case CommandKind::kSend:
      return;
  }
}

void Sender::Disconnect(const Command& command, Connection& connection) {
  if (connection.endpoint != nullptr) datagrams_.sender().SayGoodbye(connection);
  const bool flushes = (command.flags & kDisconnectFlush) != 0;
  connection.abort = (command.flags & kDisconnectAbort) != 0;
  // Behind a queue that is dropped it would be a lie.
  const bool has_farewell =
      !connection.abort && (flushes || connection.queue.empty()) && SayFarewell(connection);
  // Of a connection that is closed already, a lost queue does not come back.
  connection.flush_after_close =
      has_farewell ||
      (flushes && (connection.state == Connection::State::kOpen || connection.flush_after_close));
  connection.lingers = flushes && has_farewell;
  context_.Close(connection, static_cast<Operation>(command.flags & kDisconnectOperationMask),
                 static_cast<ErrorCode>(command.length));
  if (has_farewell) SendLast(connection);
}

void Sender::End(Connection& connection) {
  // Else what was received before is answered first, or the application goes on.
  const bool is_last = connection.undelivered == 0 && !connection.half_open;
  const bool has_farewell = is_last && SayFarewell(connection);
  context_.End(connection);
  if (has_farewell) SendLast(connection);
}

bool Sender::SayFarewell(Connection& connection) {
  if (connection.filter == nullptr || connection.state != Connection::State::kOpen) return false;
  if (connection.ending || !connection.filter->has_started()) return false;
  connection.filter->Finish(context_, connection);
  // What is sent until JavaScript hears of the end comes too late.
  connection.ending = true;
  return true;
}

// After the close has been told, so that a peer that is gone by now is not the reason.
void Sender::SendLast(Connection& connection) {
  if (!connection.queue.empty() && !connection.send_pending) SendQueued(connection);
}

void Sender::Open(Connection& connection) {
  if (connection.endpoint != nullptr) return datagrams_.receiver().Open(connection);
  context_.UnblockReads(connection, Connection::kNotOpened);
  StartFilter(connection);
}

// Mostly when the connection is opened; sooner where the application sends or
// orders something inside onAccept or onConnect.
bool Sender::StartFilter(Connection& connection) {
  if (connection.filter == nullptr || connection.state != Connection::State::kOpen) return false;
  if (connection.filter->has_started()) return true;
  Conclude(connection, connection.filter->Start(context_, connection));
  return connection.state == Connection::State::kOpen;
}

void Sender::Conclude(Connection& connection, int answer, Operation operation) {
  if (answer < 0 && connection.state == Connection::State::kOpen) {
    // What the filter had to say last, an alert for one, still goes out. Whether
    // the peer takes it or not, this is why the connection ends.
    connection.flush_after_close = true;
    context_.Close(connection, operation, static_cast<ErrorCode>(-answer));
  }
  // Said after the last word, to a peer that knows there is no more.
  if (connection.finished) context_.DropQueue(connection);
  if (!connection.queue.empty() && !connection.send_pending) SendQueued(connection);
  if (connection.state != Connection::State::kOpen) return;
  if (answer == HP_FILTER_ENDED) return End(connection);
  if (answer == HP_FILTER_MORE && connection.read_blocks == 0) context_.MarkReady(connection);
  ArmDeadline(context_, connection);
  AfterQueueChange(connection);
}

void Sender::Submit(Connection& connection, std::span<const Part> parts) {
  // What nobody sends any more stays pending: JavaScript then waits for the close
  // rather than sending on and on before it can be told.
  if (!connection.may_send()) return;
  std::size_t total = 0;
  for (const Part& part : parts) total += part.size();
  if (connection.ending) return context_.Count(connection, total, 0);
  if (connection.filter != nullptr) return SubmitFiltered(connection, parts, total);
  std::size_t taken = 0;
  if (connection.queue.empty()) {
    const sys::SendResult result =
        context_.backend.Send(connection.socket, parts, sys::SendMemory::kTransient);
    context_.counters(connection).send_calls.Add(1);
    if (result.error != ErrorCode::kOk) {
      context_.Count(connection, total, 0);
      return Fail(connection, result.error);
    }
    taken = result.bytes;
    connection.send_pending = result.pending;
    if (taken != 0) context_.Sent(connection, taken);
  }
  context_.Count(connection, total, total - taken);
  for (const Part& part : parts) {
    const std::size_t skipped = std::min(taken, part.size());
    taken -= skipped;
    if (skipped != part.size()) connection.queue.Append(part.subspan(skipped), context_.pool);
  }
  // More parts than one call takes: the rest has been queued and goes at once.
  if (!connection.queue.empty() && !connection.send_pending) SendQueued(connection);
  AfterQueueChange(connection);
}

void Sender::SubmitFiltered(Connection& connection, std::span<const Part> parts,
                            std::size_t total) {
  StartFilter(connection);
  if (!connection.filter->may_send()) return context_.Count(connection, total, 0);
  filter_parts_.clear();
  for (const Part& part : parts) {
    filter_parts_.push_back(
        {.data = reinterpret_cast<const std::uint8_t*>(part.data()), .size = part.size()});
  }
  Conclude(connection, connection.filter->Send(context_, connection, filter_parts_, total));
}

void Sender::SendQueued(Connection& connection) {
  std::array<Part, 16> parts;
  while (!connection.queue.empty()) {
    const std::size_t count = connection.queue.Gather(parts);
    const sys::SendResult result = context_.backend.Send(
        connection.socket, std::span(parts).first(count), sys::SendMemory::kStable);
    context_.counters(connection).send_calls.Add(1);
    if (result.error != ErrorCode::kOk) {
      return Fail(connection, result.error);
    }
    context_.Dequeue(connection, result.bytes);
    if (result.bytes != 0) context_.Sent(connection, result.bytes);
    connection.send_pending = result.pending;
    if (result.pending) return;
  }
}

void Sender::OnSent(Connection& connection, std::size_t bytes, ErrorCode error) {
  using State = Connection::State;
  if (!connection.send_pending || connection.state == State::kReleasing) return;
  connection.send_pending = false;
  if (error != ErrorCode::kOk) return Fail(connection, error);
  context_.Dequeue(connection, bytes);
  if (bytes != 0) context_.Sent(connection, bytes);
  // Disconnected: what is still queued is not sent any more.
  if (connection.state == State::kClosed && !connection.flush_after_close) return;
  SendQueued(connection);
  if (connection.state == State::kFlushing) {
    if (connection.queue.empty()) return context_.Depart(connection);
    context_.wheel.Arm(connection.timer, context_.now_ms + Context::kFlushAfterCloseMs);
  }
  AfterQueueChange(connection);
}

// The socket takes nothing more, so that there is nothing to flush either.
void Sender::Fail(Connection& connection, ErrorCode error) {
  connection.flush_after_close = false;
  context_.Close(connection, Operation::kSend, error);
}

void Sender::AfterQueueChange(Connection& connection) {
  if (connection.state != Connection::State::kOpen) return;
  context_.CheckMarks(connection);
  if (connection.ending && connection.queue.empty() && !connection.finished) {
    connection.finished = true;
    context_.backend.FinishSending(connection.socket);
    if (connection.end_told) context_.CloseInOrder(connection);
  }
}

}  // namespace hp::net
