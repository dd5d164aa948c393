// SPDX-License-Identifier: Apache-2.0
#include "sys/windows/iocp_backend.h"

#include <algorithm>
#include <chrono>
#include <climits>
#include <utility>

#include "sys/create_backend.h"
#include "sys/sockets/socket_address.h"
#include "sys/sockets/socket_setup.h"
#include "sys/sockets/system_sockets.h"
#include "sys/windows/extensions.h"
#include "sys/windows/stream_options.h"
#include "sys/windows/system_error.h"

namespace hp::sys {
namespace {

constexpr std::size_t kMaxParts = 64;

// The parts as Windows wants them; returns how many.
DWORD ToBuffers(std::span<const std::span<const std::byte>> parts,
                std::array<WSABUF, kMaxParts>& buffers) {
  const std::size_t used = std::min(parts.size(), kMaxParts);
  for (std::size_t i = 0; i < used; ++i) {
    // Not const in the interface, and left alone.
    auto* bytes = reinterpret_cast<char*>(const_cast<std::byte*>(parts[i].data()));
    buffers[i] = {.len = static_cast<ULONG>(parts[i].size()), .buf = bytes};
  }
  return static_cast<DWORD>(used);
}

// Whether an accept failed because the peer gave up while it waited.
bool IsThePeersAffair(ErrorCode error) {
  return error == ErrorCode::kConnectionReset || error == ErrorCode::kConnectionAborted ||
         error == ErrorCode::kNotConnected;
}

}  // namespace

std::unique_ptr<Backend> CreateBackend() {
  auto backend = std::make_unique<IocpBackend>();
  if (!backend->Open()) return nullptr;
  return backend;
}

std::unique_ptr<PollableBackend> CreatePollableBackend() { return nullptr; }

bool IocpBackend::Open() { return port_.Open(); }

std::uint64_t IocpBackend::NowMs() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::floor<std::chrono::milliseconds>(now).count());
}

void IocpBackend::Wake() {
  if (!woken_.exchange(true)) port_.Post();
}

std::size_t IocpBackend::Wait(std::span<Completion> completions,
                              std::optional<std::uint64_t> deadline_ms) {
  // Part of the places is kept for those whom the port tells of.
  std::size_t count = TakeDeferred(completions.first((completions.size() + 1) / 2));
  if (next_packet_ == packet_count_) {
    next_packet_ = 0;
    packet_count_ = port_.Take(packets_, count == 0 ? deadline_ms : 0, NowMs());
  }
  while (next_packet_ < packet_count_ && count < completions.size()) {
    if (Translate(packets_[next_packet_++], completions[count])) ++count;
  }
  return count;
}

std::size_t IocpBackend::TakeDeferred(std::span<Completion> completions) {
  const std::size_t count = std::min(completions.size(), deferred_.size());
  std::copy_n(deferred_.begin(), count, completions.begin());
  deferred_.erase(deferred_.begin(), deferred_.begin() + static_cast<std::ptrdiff_t>(count));
  return count;
}

Record& IocpBackend::Register(Socket& socket) {
  if (free_records_.empty()) {
    free_records_.push_back(static_cast<std::uint32_t>(records_.size()));
    records_.emplace_back();
  }
  const std::uint32_t index = free_records_.back();
  free_records_.pop_back();
  Record& record = records_[index];
  record.token = socket.token;
  record.socket = ToNative(socket.handle);
  record.receive.record = record.send.record = index;
  socket.backend_state = index;
  return record;
}

void IocpBackend::Forget(Record& record) {
  const std::uint32_t index = IndexOf(record);
  record = {};
  free_records_.push_back(index);
}

bool IocpBackend::HasBegun(Record& record, bool done) {
  if (!done && WSAGetLastError() != WSA_IO_PENDING) return false;
  ++record.under_way;
  return true;
}

ErrorCode IocpBackend::ErrorOf(const Record& record, Operation& operation) const {
  if (operation.Internal == 0) return ErrorCode::kOk;
  DWORD bytes = 0;
  DWORD flags = 0;
  // Only this call knows the number of Winsock's for a status of the kernel's.
  if (WSAGetOverlappedResult(record.socket, &operation, &bytes, FALSE, &flags)) {
    return ErrorCode::kOk;
  }
  return LastError();
}

// ------------------------------------------------------------------- accepting

ErrorCode IocpBackend::Listen(Socket& listener, const SocketOptions& options) {
  Endpoint local;
  const ErrorCode error = LocalEndpoint(listener.handle, local);
  if (error != ErrorCode::kOk) return error;
  if (!port_.Associate(ToNative(listener.handle))) return ErrorCode::kInvalidArgument;
  Record& record = Register(listener);
  record.listening = std::make_unique<Listening>();
  record.listening->options = options;
  record.listening->family = local.family;
  return ErrorCode::kOk;
}

void IocpBackend::PostAccepts(Socket& listener, std::uint32_t count) {
  Record& record = RecordOf(listener);
  Listening& listening = *record.listening;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (listening.idle.empty()) {
      listening.operations.push_back(std::make_unique<AcceptOperation>());
      listening.operations.back()->record = IndexOf(record);
      listening.idle.push_back(listening.operations.back().get());
    }
    AcceptOperation& operation = *listening.idle.back();
    listening.idle.pop_back();
    PostAccept(record, operation);
  }
}

void IocpBackend::PostAccept(Record& record, AcceptOperation& operation) {
  operation.Start(Operation::Kind::kAccept);
  operation.accepted = ToNative(NewStream(record.listening->family));
  DWORD received = 0;
  if (operation.accepted != INVALID_SOCKET &&
      HasBegun(record, AcceptEx(record.socket, operation.accepted, operation.addresses.data(), 0,
                                AcceptOperation::kAddressBytes, AcceptOperation::kAddressBytes,
                                &received, &operation))) {
    return;
  }
  Defer({.token = record.token, .error = LastError(), .kind = Completion::Kind::kAccepted});
  if (operation.accepted != INVALID_SOCKET) closesocket(operation.accepted);
  record.listening->idle.push_back(&operation);
}

ErrorCode IocpBackend::FinishAccept(SOCKET listener, SOCKET accepted,
                                    const SocketOptions& options) {
  if (setsockopt(accepted, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                 reinterpret_cast<const char*>(&listener), sizeof(listener)) == 0) {
    ApplyStreamOptions(accepted, options);
    return ErrorCode::kOk;
  }
  // Anything else is the connection's affair, and its first receive tells it.
  return WSAGetLastError() == WSAENOBUFS ? LastError() : ErrorCode::kOk;
}

bool IocpBackend::TranslateAccept(Record& record, AcceptOperation& operation,
                                  Completion& completion) {
  const SOCKET accepted = std::exchange(operation.accepted, INVALID_SOCKET);
  const ErrorCode failure = ErrorOf(record, operation);
  if (IsThePeersAffair(failure)) {
    closesocket(accepted);
    PostAccept(record, operation);
    return false;
  }
  record.listening->idle.push_back(&operation);
  completion = {.token = record.token, .error = failure, .kind = Completion::Kind::kAccepted};
  if (failure == ErrorCode::kOk) {
    completion.error = FinishAccept(record.socket, accepted, record.listening->options);
  }
  if (completion.error != ErrorCode::kOk) {
    CloseByReset(accepted);
    return true;
  }
  sockaddr* local = nullptr;
  sockaddr* peer = nullptr;
  int local_length = 0;
  int peer_length = 0;
  GetAcceptExSockaddrs(operation.addresses.data(), 0, AcceptOperation::kAddressBytes,
                       AcceptOperation::kAddressBytes, &local, &local_length, &peer, &peer_length);
  completion.handle = static_cast<Handle>(accepted);
  completion.peer = ToEndpoint(peer, static_cast<std::size_t>(peer_length));
  return true;
}

void IocpBackend::Discard(Handle accepted) { CloseSocket(accepted); }

// ------------------------------------------------------------------ connecting

void IocpBackend::Connect(Socket& socket, const ConnectRequest& request) {
  Completion failed{.token = socket.token, .kind = Completion::Kind::kConnected};
  if (const Failure failure = OpenForConnect(request, socket.handle)) {
    socket.handle = kNoHandle;
    failed.error = failure.error;
    return Defer(failed);
  }
  Record& record = Register(socket);
  record.receive.Start(Operation::Kind::kConnect);
  const SocketAddress address = ToSocketAddress(request.peer);
  if (!port_.Associate(record.socket)) {
    failed.error = ErrorCode::kNoBufferSpace;
  } else if (!HasBegun(record, ConnectEx(record.socket, address, &record.receive))) {
    failed.error = LastError();
  } else {
    return;
  }
  Defer(failed);
}

ErrorCode IocpBackend::FinishConnect(Socket& socket) {
  Record& record = RecordOf(socket);
  if (setsockopt(record.socket, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, nullptr, 0) != 0) {
    return LastError();
  }
  const ErrorCode error = CheckEnds(socket.handle);
  if (error == ErrorCode::kOk) StartStream(record);
  return error;
}

// --------------------------------------------------------------------- streams

ErrorCode IocpBackend::Attach(Socket& socket) {
  if (!port_.Associate(ToNative(socket.handle))) return ErrorCode::kNoBufferSpace;
  StartStream(Register(socket));
  return ErrorCode::kOk;
}

void IocpBackend::StartStream(Record& record) {
  // What is done at once needs no packet.
  record.skips_packets = SetFileCompletionNotificationModes(reinterpret_cast<HANDLE>(record.socket),
                                                            FILE_SKIP_COMPLETION_PORT_ON_SUCCESS |
                                                                FILE_SKIP_SET_EVENT_ON_HANDLE) != 0;
  AwaitBytes(record);
}

void IocpBackend::AwaitBytes(Record& record) {
  record.receive.Start(Operation::Kind::kReceive);
  WSABUF nothing{};
  DWORD bytes = 0;
  DWORD flags = 0;
  const bool done =
      WSARecv(record.socket, &nothing, 1, &bytes, &flags, &record.receive, nullptr) == 0;
  if (!(done && record.skips_packets)) {
    if (HasBegun(record, done)) return;
    record.receive_error = LastError();
  }
  Defer({.token = record.token, .kind = Completion::Kind::kReadable});
}

ReceiveResult IocpBackend::Receive(Socket& socket, std::span<std::byte> memory) {
  Record& record = RecordOf(socket);
  const int limit = static_cast<int>(std::min<std::size_t>(memory.size(), INT_MAX));
  const int count = recv(record.socket, reinterpret_cast<char*>(memory.data()), limit, 0);
  if (count > 0) {
    const bool more = count == limit;
    if (!more) AwaitBytes(record);
    return {.bytes = static_cast<std::size_t>(count), .more = more};
  }
  // What an operation was told is not told again by the socket.
  const ErrorCode error = record.receive_error != ErrorCode::kOk ? record.receive_error
                          : count == 0                           ? ErrorCode::kOk
                                                                 : LastError();
  if (error == ErrorCode::kOk) return {.end = true};
  if (error != ErrorCode::kTryAgain) return {.error = error};
  AwaitBytes(record);
  return {};
}

SendResult IocpBackend::Send(Socket& socket, std::span<const std::span<const std::byte>> parts,
                             SendMemory memory) {
  Record& record = RecordOf(socket);
  std::array<WSABUF, kMaxParts> buffers;
  const DWORD count = ToBuffers(parts, buffers);
  DWORD bytes = 0;
  if (memory == SendMemory::kTransient) {
    if (WSASend(record.socket, buffers.data(), count, &bytes, 0, nullptr, nullptr) == 0) {
      return {.bytes = bytes};
    }
    const ErrorCode error = LastError();
    // Without room for a copy, the overlapped send of the rest finds out what that means.
    const bool waits = error == ErrorCode::kTryAgain || error == ErrorCode::kNoBufferSpace;
    return {.error = waits ? ErrorCode::kOk : error};
  }
  record.send.Start(Operation::Kind::kSend);
  const bool done =
      WSASend(record.socket, buffers.data(), count, &bytes, 0, &record.send, nullptr) == 0;
  if (done && record.skips_packets) return {.bytes = bytes};
  if (HasBegun(record, done)) return {.pending = true};
  return {.error = LastError()};
}

void IocpBackend::FinishSending(Socket& socket) { shutdown(ToNative(socket.handle), SD_SEND); }

bool IocpBackend::Close(Socket& socket, bool abort) {
  Record& record = RecordOf(socket);
  socket.handle = kNoHandle;
  std::erase_if(deferred_, [&](const Completion& each) { return each.token == record.token; });
  if (record.under_way != 0) CancelIoEx(reinterpret_cast<HANDLE>(record.socket), nullptr);
  const SOCKET closing = std::exchange(record.socket, INVALID_SOCKET);
  if (abort) {
    CloseByReset(closing);
  } else {
    closesocket(closing);
  }
  if (record.under_way != 0) return false;
  Forget(record);
  return true;
}

// --------------------------------------------------------------------- packets

bool IocpBackend::Translate(const OVERLAPPED_ENTRY& packet, Completion& completion) {
  if (packet.lpOverlapped == nullptr) {
    woken_ = false;
    return false;
  }
  auto& operation = static_cast<Operation&>(*packet.lpOverlapped);
  Record& record = records_[operation.record];
  --record.under_way;
  if (record.socket == INVALID_SOCKET) return TranslateLate(record, operation, completion);
  completion = {.token = record.token};
  switch (operation.kind) {
    case Operation::Kind::kAccept:
      return TranslateAccept(record, static_cast<AcceptOperation&>(operation), completion);
    case Operation::Kind::kConnect:
      completion.kind = Completion::Kind::kConnected;
      completion.error = ErrorOf(record, operation);
      return true;
    case Operation::Kind::kReceive:
      completion.kind = Completion::Kind::kReadable;
      record.receive_error = ErrorOf(record, operation);
      return true;
    case Operation::Kind::kSend:
      completion.kind = Completion::Kind::kSent;
      completion.bytes = packet.dwNumberOfBytesTransferred;
      completion.error = ErrorOf(record, operation);
      return true;
    case Operation::Kind::kReceiveDatagram:
      return TranslateDatagram(record, static_cast<DatagramOperation&>(operation),
                               packet.dwNumberOfBytesTransferred, completion);
    case Operation::Kind::kSendDatagram:
      completion.kind = Completion::Kind::kSent;
      return true;
  }
  return false;
}

// How it ended is nobody's affair once the socket is closed.
bool IocpBackend::TranslateLate(Record& record, Operation& operation, Completion& completion) {
  if (operation.kind == Operation::Kind::kAccept) {
    CloseByReset(static_cast<AcceptOperation&>(operation).accepted);
  }
  if (record.under_way != 0) return false;
  completion = {.token = record.token, .kind = Completion::Kind::kClosed};
  Forget(record);
  return true;
}

}  // namespace hp::sys
