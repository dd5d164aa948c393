// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/epoll.h>

#include <array>
#include <deque>
#include <memory>
#include <vector>

#include "sys/create_backend.h"
#include "sys/linux/datagram_calls.h"
#include "sys/linux/descriptor.h"

namespace hp::sys {

// The backend over epoll, edge-triggered: a socket is registered once, costs no
// system call while its reading is paused, and cannot spin on a hang-up.
class EpollBackend final : public PollableBackend {
 public:
  // Opens the descriptors; false when the system has none left.
  bool Open();

  int descriptor() const override { return epoll_.get(); }
  void ArmDeadline(std::optional<std::uint64_t> deadline_ms) override;

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

 private:
  struct Listener {
    Token token = 0;
    int fd = -1;
    std::uint32_t posted = 0;
    bool ready = false;  // the kernel may hold connections that were not asked for yet
  };

  // True when Wait() has something to tell that the kernel does not know of.
  bool HasBacklog() const;
  ErrorCode Watch(int operation, int fd, std::uint32_t events, Token token);
  // From now on kSent is told when there is room again.
  ErrorCode WatchWrite(Socket& socket, std::uint32_t events);
  std::size_t Translate(const epoll_event& event, std::span<Completion> completions);
  std::size_t Accept(Listener& listener, std::span<Completion> completions);
  bool RefuseOne(int listener_fd);
  Listener* FindListener(Token token);

  Descriptor epoll_;
  Descriptor wake_;
  Descriptor timer_;
  Descriptor reserve_;  // given up for a moment to refuse a peer when none is left
  std::optional<std::uint64_t> armed_deadline_ms_;
  std::vector<Listener> listeners_;
  std::deque<Completion> deferred_;  // failures found inside a call, told in the next Wait()
  std::unique_ptr<DatagramCalls> datagram_calls_;  // made with the first datagram socket
  std::array<epoll_event, 256> events_;
  std::size_t next_event_ = 0;
  std::size_t event_count_ = 0;
};

}  // namespace hp::sys
