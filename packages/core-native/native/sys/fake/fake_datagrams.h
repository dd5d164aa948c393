// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sys/backend.h"
#include "sys/fake/fake_style.h"

namespace hp::sys {

// A datagram, who sent it or is to get it, and the address on this side.
struct FakeDatagram {
  Endpoint peer;
  std::string bytes;
  Endpoint local;  // family kNone: not known, or the system's choice
};

// A datagram socket in memory: the backend has one side of it, and a test plays
// everybody on the other.
class FakeDatagrams {
 public:
  // The most that IP leaves for the bytes of a datagram.
  static constexpr std::size_t kMostBytes = 65'507;

  FakeDatagrams(FakeStyle style, const Endpoint& local, const Endpoint& peer)
      : style_(style), local_(local), peer_(peer) {}

  // For the test. Of datagrams that arrive at a connected socket, it takes its peer's only.
  void Deliver(const Endpoint& from, std::string_view bytes, const Endpoint& local = {});
  // Somebody on the way reports `error` about what was sent before.
  void Fail(ErrorCode error);
  // The same to each receive that is made, until `error` is kOk.
  void FailReceives(ErrorCode error);
  // Whether what a connected socket sends from now on is refused by its peer's system.
  void Refuse(bool refused) { refused_ = refused; }
  // So many more datagrams find room.
  void LimitRoom(std::size_t count) { room_ = count; }
  // The datagram behind the next `after` cannot be sent.
  void FailNextSend(ErrorCode error, std::size_t after = 0);
  // What was sent since this was last called.
  std::vector<FakeDatagram> TakeSent() { return std::exchange(sent_, {}); }
  const Endpoint& local() const { return local_; }
  // Whom the socket is connected to; family kNone: nobody.
  const Endpoint& peer() const { return peer_; }
  bool closed() const { return closed_; }

  // For the backend.
  void Attach(const DatagramIntake& intake);
  void Close();
  // Whether something has come in since this last said so.
  bool TakeReadable();
  // Whether a pending send may go on; it then is no longer pending.
  bool TakeRoom();
  bool pending() const { return pending_; }
  bool has_room() const { return room_ != 0; }
  bool connected() const { return peer_.family != Family::kNone; }
  bool bound_to_all() const { return local_.address == Endpoint{}.address; }
  // Whether a kReadable has been told that is not answered to its end.
  bool announced() const { return announced_; }
  std::size_t max_bytes() const { return intake_.max_bytes; }
  DatagramReceiveResult Receive(std::span<IncomingDatagram> datagrams);
  DatagramSendResult Send(std::span<const OutgoingDatagram> datagrams);

 private:
  bool completes() const { return style_ == FakeStyle::kCompletion; }
  ErrorCode TakeSendError(std::size_t bytes);
  void Leave(FakeDatagram datagram);

  FakeStyle style_;
  Endpoint local_;
  Endpoint peer_;
  DatagramIntake intake_;
  std::deque<FakeDatagram> arrivals_;  // in the system's queue
  std::deque<FakeDatagram> received_;  // kCompletion: by posted receives
  std::optional<FakeDatagram> held_;   // kCompletion: a copy of what had no room
  std::vector<FakeDatagram> sent_;
  ErrorCode error_ = ErrorCode::kOk;
  ErrorCode lasting_error_ = ErrorCode::kOk;
  ErrorCode send_error_ = ErrorCode::kOk;
  std::size_t sends_before_error_ = 0;
  std::size_t room_ = SIZE_MAX;  // as good as no limit
  bool refused_ = false;
  bool arrived_ = false;
  bool announced_ = false;
  bool pending_ = false;
  bool closed_ = false;
};

}  // namespace hp::sys
