// SPDX-License-Identifier: Apache-2.0
#include "sys/fake/fake_backend.h"

#include <algorithm>
#include <cstring>

namespace hp::sys {
namespace {

std::string_view AsText(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

Handle FakeBackend::OpenListener(const Endpoint& local) {
  sockets_[next_handle_].local = local;
  return next_handle_++;
}

std::unique_ptr<FakePeer> FakeBackend::Dial(const Endpoint& listener) {
  for (auto& [handle, socket] : sockets_) {
    const bool open = socket.role == Role::kNew || socket.role == Role::kListening;
    if (!open || socket.stream != nullptr || socket.local != listener) continue;
    socket.backlog.push_back(MakeStream());
    return std::make_unique<FakePeer>(socket.backlog.back());
  }
  return nullptr;
}

Handle FakeBackend::OpenConnected(std::unique_ptr<FakePeer>& peer) {
  FakeSocket& socket = sockets_[next_handle_];
  socket.stream = MakeStream();
  peer = std::make_unique<FakePeer>(socket.stream);
  return next_handle_++;
}

Handle FakeBackend::OpenDatagrams(std::shared_ptr<FakeDatagrams>& datagrams, const Endpoint& local,
                                  const Endpoint& peer) {
  datagrams = std::make_shared<FakeDatagrams>(style_, local, peer);
  sockets_[next_handle_].datagrams = datagrams;
  return next_handle_++;
}

std::unique_ptr<FakePeer> FakeBackend::TakeDialled() {
  if (dialled_.empty()) return nullptr;
  auto peer = std::make_unique<FakePeer>(std::move(dialled_.front()));
  dialled_.pop_front();
  return peer;
}

std::shared_ptr<FakeStream> FakeBackend::MakeStream() const {
  auto stream = std::make_shared<FakeStream>();
  stream->capacity = stream_capacity_;
  stream->reset_drops_bytes = completes();
  return stream;
}

FakeAnswer FakeBackend::AnswerOf(const Endpoint& peer) const {
  const auto found = std::find_if(answers_.begin(), answers_.end(),
                                  [&](const auto& each) { return each.first == peer; });
  return found == answers_.end() ? FakeAnswer{.error = ErrorCode::kConnectionRefused}
                                 : found->second;
}

FakeBackend::FakeSocket* FakeBackend::Expect(Handle handle, Role role, const char* call) {
  const auto found = sockets_.find(handle);
  if (found != sockets_.end() && found->second.role == role) return &found->second;
  violations_.push_back(std::string(call) + " on a socket that is not in the state for it");
  return nullptr;
}

FakeBackend::FakeSocket* FakeBackend::ExpectIdle(Handle handle, const char* call) {
  FakeSocket* socket = Expect(handle, Role::kStream, call);
  if (socket == nullptr || (socket->held == nullptr && !socket->wants_room)) return socket;
  violations_.push_back(std::string(call) + " while a send is pending");
  return nullptr;
}

ErrorCode FakeBackend::Listen(Socket& listener, const SocketOptions& /*options*/) {
  FakeSocket* socket = Expect(listener.handle, Role::kNew, "Listen");
  if (socket == nullptr) return ErrorCode::kInvalidArgument;
  socket->role = Role::kListening;
  socket->token = listener.token;
  return ErrorCode::kOk;
}

void FakeBackend::PostAccepts(Socket& listener, std::uint32_t count) {
  FakeSocket* socket = Expect(listener.handle, Role::kListening, "PostAccepts");
  if (socket != nullptr) socket->posted += count;
}

ErrorCode FakeBackend::StartStream(FakeSocket& socket, Token token) {
  socket.role = Role::kStream;
  socket.token = token;
  socket.receive_posted = completes();
  socket.stream->arrived = socket.stream->readable();
  return ErrorCode::kOk;
}

ErrorCode FakeBackend::Attach(Socket& socket) {
  FakeSocket* accepted = Expect(socket.handle, Role::kNew, "Attach");
  if (accepted == nullptr || accepted->stream == nullptr) return ErrorCode::kInvalidArgument;
  const ErrorCode error = std::exchange(attach_error_, ErrorCode::kOk);
  return error != ErrorCode::kOk ? error : StartStream(*accepted, socket.token);
}

void FakeBackend::Discard(Handle accepted) {
  FakeSocket* socket = Expect(accepted, Role::kNew, "Discard");
  if (socket == nullptr) return;
  if (socket->stream != nullptr) socket->stream->Close(false);
  if (socket->datagrams != nullptr) socket->datagrams->Close();
  sockets_.erase(accepted);
}

void FakeBackend::Connect(Socket& socket, const ConnectRequest& request) {
  const FakeAnswer answer = AnswerOf(request.peer);
  if (answer.without_socket) {
    socket.handle = kNoHandle;
    scripted_.push_back(
        {.token = socket.token, .error = answer.error, .kind = Completion::Kind::kConnected});
    return;
  }
  socket.handle = next_handle_++;
  FakeSocket& connecting = sockets_[socket.handle];
  connecting.role = Role::kConnecting;
  connecting.token = socket.token;
  connecting.answer = answer;
  if (request.local == request.peer) connecting.answer.finish_error = ErrorCode::kSelfConnect;
  connecting.answer_ms = now_ms_ + answer.after_ms;
}

ErrorCode FakeBackend::FinishConnect(Socket& socket) {
  FakeSocket* connected = Expect(socket.handle, Role::kConnected, "FinishConnect");
  if (connected == nullptr) return ErrorCode::kInvalidArgument;
  const ErrorCode error = connected->answer.finish_error;
  return error != ErrorCode::kOk ? error : StartStream(*connected, socket.token);
}

ReceiveResult FakeBackend::Receive(Socket& socket, std::span<std::byte> memory) {
  FakeSocket* receiving = Expect(socket.handle, Role::kStream, "Receive");
  if (receiving == nullptr) return {.error = ErrorCode::kInvalidArgument};
  if (receiving->receive_posted) violations_.emplace_back("Receive before kReadable");
  FakeStream& stream = *receiving->stream;
  if (!stream.inbound.empty()) {
    const std::size_t count = std::min(memory.size(), stream.inbound.size());
    std::memcpy(memory.data(), stream.inbound.data(), count);
    stream.inbound.erase(0, count);
    const bool more = count == memory.size();
    receiving->receive_posted = completes() && !more;
    return {.bytes = count, .more = more};
  }
  if (stream.peer_reset) return {.error = ErrorCode::kConnectionReset};
  if (stream.peer_finished) return {.end = true};
  receiving->receive_posted = completes();
  return {};
}

SendResult FakeBackend::Send(Socket& socket, std::span<const std::span<const std::byte>> parts,
                             SendMemory memory) {
  ++send_calls_;
  FakeSocket* sending = ExpectIdle(socket.handle, "Send");
  if (sending == nullptr) return {.error = ErrorCode::kInvalidArgument};
  FakeStream& stream = *sending->stream;
  if (stream.peer_reset) return {.error = ErrorCode::kConnectionReset};
  if (stream.finished) return {.error = ErrorCode::kBrokenPipe};
  parts = parts.first(std::min(parts.size(), max_parts_));
  if (completes() && memory == SendMemory::kStable) return Hold(*sending, parts);
  SendResult result;
  for (const std::span<const std::byte> part : parts) {
    const std::size_t count = stream.Send(AsText(part));
    result.bytes += count;
    if (count == part.size()) continue;
    // A completion has no way to tell that there is room again.
    result.pending = sending->wants_room = !completes();
    sending->watches_write |= result.pending;
    break;
  }
  return result;
}

SendResult FakeBackend::Hold(FakeSocket& socket,
                             std::span<const std::span<const std::byte>> parts) {
  socket.held = std::make_unique<HeldSend>();
  socket.held->parts.assign(parts.begin(), parts.end());
  for (const std::span<const std::byte> part : parts) socket.held->copy += AsText(part);
  return {.pending = true};
}

void FakeBackend::FinishSending(Socket& socket) {
  FakeSocket* finishing = ExpectIdle(socket.handle, "FinishSending");
  if (finishing != nullptr) finishing->stream->finished = true;
}

ErrorCode FakeBackend::AttachDatagrams(Socket& socket, const DatagramIntake& intake) {
  FakeSocket* bound = Expect(socket.handle, Role::kNew, "AttachDatagrams");
  if (bound == nullptr || bound->datagrams == nullptr) return ErrorCode::kInvalidArgument;
  if (intake.max_bytes == 0 || intake.posted == 0) {
    violations_.emplace_back("AttachDatagrams without an intake");
  }
  const ErrorCode error = std::exchange(attach_error_, ErrorCode::kOk);
  if (error != ErrorCode::kOk) return error;
  bound->role = Role::kDatagrams;
  bound->token = socket.token;
  bound->datagrams->Attach(intake);
  return ErrorCode::kOk;
}

DatagramReceiveResult FakeBackend::ReceiveDatagrams(Socket& socket,
                                                    std::span<IncomingDatagram> datagrams) {
  const FakeSocket* receiving = Expect(socket.handle, Role::kDatagrams, "ReceiveDatagrams");
  if (receiving == nullptr) return {.error = ErrorCode::kInvalidArgument};
  FakeDatagrams& queue = *receiving->datagrams;
  if (!queue.announced()) violations_.emplace_back("ReceiveDatagrams before kReadable");
  if (datagrams.empty()) violations_.emplace_back("ReceiveDatagrams without memory");
  if (completes() && std::any_of(datagrams.begin(), datagrams.end(), [&](const auto& each) {
        return each.memory.size() < queue.max_bytes();
      })) {
    violations_.emplace_back("ReceiveDatagrams with less memory than intake.max_bytes");
  }
  return queue.Receive(datagrams);
}

DatagramSendResult FakeBackend::SendDatagrams(Socket& socket,
                                              std::span<const OutgoingDatagram> datagrams) {
  ++send_calls_;
  FakeSocket* sending = Expect(socket.handle, Role::kDatagrams, "SendDatagrams");
  if (sending == nullptr) return {.error = ErrorCode::kInvalidArgument};
  FakeDatagrams& queue = *sending->datagrams;
  if (queue.pending()) {
    violations_.emplace_back("SendDatagrams while a send is pending");
    return {.pending = true};
  }
  datagrams = datagrams.first(std::min(datagrams.size(), max_parts_));
  if (std::any_of(datagrams.begin(), datagrams.end(), [&](const OutgoingDatagram& each) {
        return (each.peer == nullptr) != queue.connected();
      })) {
    violations_.emplace_back("SendDatagrams with a peer when connected, or without one when not");
    return {.error = ErrorCode::kInvalidArgument};
  }
  if (std::any_of(datagrams.begin(), datagrams.end(), [](const OutgoingDatagram& each) {
        return each.local != nullptr && each.local->family == Family::kNone;
      })) {
    violations_.emplace_back("SendDatagrams from an address that is none");
  }
  const DatagramSendResult result = queue.Send(datagrams);
  sending->watches_write |= result.pending && !completes();
  return result;
}

bool FakeBackend::Close(Socket& socket, bool abort) {
  const Handle handle = std::exchange(socket.handle, kNoHandle);
  const auto found = sockets_.find(handle);
  if (found == sockets_.end() || found->second.role == Role::kClosing) {
    violations_.emplace_back("Close of a socket that is not open");
    return true;
  }
  FakeSocket& closing = found->second;
  if (closing.stream != nullptr) closing.stream->Close(abort);
  if (closing.datagrams != nullptr) closing.datagrams->Close();
  for (const auto& waiting : closing.backlog) waiting->Close(true);
  closing.backlog.clear();
  if (completes() && closing.role != Role::kNew) {
    closing.role = Role::kClosing;
    return false;
  }
  sockets_.erase(found);
  return true;
}

}  // namespace hp::sys
