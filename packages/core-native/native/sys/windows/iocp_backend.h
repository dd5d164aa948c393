// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <deque>
#include <vector>

#include "sys/backend.h"
#include "sys/windows/completion_port.h"
#include "sys/windows/operation.h"

namespace hp::sys {

// The backend over an I/O completion port. An idle stream has a receive of zero
// bytes under way, so that it pins no memory; bytes are then fetched by a plain
// receive.
class IocpBackend : public Backend {
 public:
  // False when the system has nothing left.
  bool Open();

  std::uint64_t NowMs() override;
  std::size_t Wait(std::span<Completion> completions,
                   std::optional<std::uint64_t> deadline_ms) override;
  void Wake() override;
  ErrorCode Listen(Socket& listener, const SocketOptions& options) override;
  void PostAccepts(Socket& listener, std::uint32_t count) override;
  ErrorCode Attach(Socket& socket) override;
  void Discard(Handle accepted) override;
  void Connect(Socket& socket, const ConnectRequest& request) override;
  ErrorCode FinishConnect(Socket& socket) override;
  ReceiveResult Receive(Socket& socket, std::span<std::byte> memory) override;
  SendResult Send(Socket& socket, std::span<const std::span<const std::byte>> parts,
                  SendMemory memory) override;
  void FinishSending(Socket& socket) override;
  ErrorCode AttachDatagrams(Socket& socket, const DatagramIntake& intake) override;
  DatagramReceiveResult ReceiveDatagrams(Socket& socket,
                                         std::span<IncomingDatagram> datagrams) override;
  DatagramSendResult SendDatagrams(Socket& socket,
                                   std::span<const OutgoingDatagram> datagrams) override;
  bool Close(Socket& socket, bool abort) override;

 protected:
  // Makes a stream of an accepted socket. A test makes it fail, as it does for
  // want of resources.
  virtual ErrorCode FinishAccept(SOCKET listener, SOCKET accepted, const SocketOptions& options);
  // Sends if there is room at once. A test takes the room away.
  virtual ErrorCode SendDatagram(SOCKET socket, const OutgoingDatagram& datagram);

 private:
  Record& RecordOf(const Socket& socket) { return records_[socket.backend_state]; }
  std::uint32_t IndexOf(const Record& record) const { return record.receive.record; }
  Record& Register(Socket& socket);
  void Forget(Record& record);
  void Defer(const Completion& completion) { deferred_.push_back(completion); }
  std::size_t TakeDeferred(std::span<Completion> completions);
  // Whether what was asked for has begun, and is answered by a packet.
  bool HasBegun(Record& record, bool done);
  void AwaitBytes(Record& record);
  void StartStream(Record& record);
  void PostAccept(Record& listener, AcceptOperation& operation);
  void PostReceive(Record& record, DatagramOperation& operation);
  // The caller has what the first of them received: it becomes the last.
  void PostFront(Record& record);
  ErrorCode SendWhenThereIsRoom(Record& record, const OutgoingDatagram& datagram);
  // kReadable is due if the next datagram is there and none has been told.
  bool Announce(Record& record);
  ErrorCode ErrorOf(const Record& record, Operation& operation) const;

  // Each writes at most one completion, and says whether it did.
  bool Translate(const OVERLAPPED_ENTRY& packet, Completion& completion);
  bool TranslateAccept(Record& listener, AcceptOperation& operation, Completion& completion);
  bool TranslateDatagram(Record& record, DatagramOperation& operation, DWORD bytes,
                         Completion& completion);
  bool TranslateLate(Record& record, Operation& operation, Completion& completion);

  CompletionPort port_;
  std::deque<Record> records_;  // they do not move
  std::vector<std::uint32_t> free_records_;
  std::deque<Completion> deferred_;  // found inside a call, told in the next Wait()
  std::array<OVERLAPPED_ENTRY, 256> packets_;
  std::size_t next_packet_ = 0;
  std::size_t packet_count_ = 0;
  std::atomic<bool> woken_{false};
};

}  // namespace hp::sys
