// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "sys/backend.h"
#include "sys/fake/fake_datagrams.h"
#include "sys/fake/fake_stream.h"

namespace hp::sys {

// How a connect to some address ends.
struct FakeAnswer {
  ErrorCode error = ErrorCode::kOk;
  std::uint64_t after_ms = 0;
  ErrorCode finish_error = ErrorCode::kOk;  // what FinishConnect() answers
  bool never = false;
  bool without_socket = false;  // fails before there is a socket
};

// A backend in memory, for tests: no kernel, no waiting, and a clock that only
// a test or the deadline of a Wait() moves. It is strict: whatever a caller may
// not do by CONTRACT.md is written down in violations().
//
// Used on one thread, except Wake().
class FakeBackend final : public Backend {
 public:
  explicit FakeBackend(FakeStyle style) : style_(style) {}

  // For the test.
  void AdvanceClock(std::uint64_t ms) { now_ms_ += ms; }
  // Of connections made from now on.
  void set_stream_capacity(std::size_t bytes) { stream_capacity_ = bytes; }
  // The most parts one Send() looks at, and datagrams one SendDatagrams().
  void set_max_parts(std::size_t count) { max_parts_ = count; }
  // A bound listening socket.
  Handle OpenListener(const Endpoint& local);
  // A peer that connects to a listener; none when nobody listens there.
  std::unique_ptr<FakePeer> Dial(const Endpoint& listener);
  // A socket that has been connected elsewhere, to be attached.
  Handle OpenConnected(std::unique_ptr<FakePeer>& peer);
  // How connects to `peer` end from now on. Refused where nothing is said.
  void Answer(const Endpoint& peer, const FakeAnswer& answer) {
    answers_.push_front({peer, answer});
  }
  // The peer of the oldest connect that has succeeded.
  std::unique_ptr<FakePeer> TakeDialled();
  // A bound datagram socket, to be attached; connected where a peer is given.
  Handle OpenDatagrams(std::shared_ptr<FakeDatagrams>& datagrams, const Endpoint& local,
                       const Endpoint& peer = {});
  // Accepts fail with `error` until it is kOk; out of descriptors, a peer is refused each time.
  void FailAccepts(ErrorCode error) { accept_error_ = error; }
  void FailNextAttach(ErrorCode error) { attach_error_ = error; }
  // Tells `completion` in the next Wait(), whatever the state of things.
  void Inject(const Completion& completion) { scripted_.push_back(completion); }
  // Sockets that exist, those on their way out included.
  std::size_t open_sockets() const { return sockets_.size(); }
  std::size_t send_calls() const { return send_calls_; }
  const std::vector<std::string>& violations() const { return violations_; }

  std::uint64_t NowMs() override { return now_ms_; }
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
  enum class Role : std::uint8_t {
    kNew,
    kListening,
    kConnecting,
    kConnected,
    kStream,
    kDatagrams,
    kClosing,
  };

  // Memory a send still uses, with a copy to see that nobody touches it.
  struct HeldSend {
    std::vector<std::span<const std::byte>> parts;
    std::string copy;
    std::size_t taken = 0;
  };

  struct FakeSocket {
    Role role = Role::kNew;
    Token token = 0;
    Endpoint local;
    Endpoint peer;
    std::shared_ptr<FakeStream> stream;
    std::shared_ptr<FakeDatagrams> datagrams;
    std::deque<std::shared_ptr<FakeStream>> backlog;
    std::uint32_t posted = 0;
    FakeAnswer answer;
    std::uint64_t answer_ms = 0;
    std::unique_ptr<HeldSend> held;
    bool receive_posted = false;  // kCompletion: a receive of no bytes waits for some
    bool wants_room = false;      // kReadiness: a send is pending
    bool watches_write = false;   // kReadiness: room is told from the first pending send on
  };

  bool completes() const { return style_ == FakeStyle::kCompletion; }
  // The socket of a handle; a violation when the call does not fit its role.
  FakeSocket* Expect(Handle handle, Role role, const char* call);
  FakeSocket* ExpectIdle(Handle handle, const char* call);
  FakeAnswer AnswerOf(const Endpoint& peer) const;
  std::shared_ptr<FakeStream> MakeStream() const;
  ErrorCode StartStream(FakeSocket& socket, Token token);
  SendResult Hold(FakeSocket& socket, std::span<const std::span<const std::byte>> parts);

  std::size_t Collect(std::span<Completion> completions);
  std::size_t CollectOf(FakeSocket& socket, std::span<Completion> completions);
  std::size_t CollectAccepted(FakeSocket& listener, std::span<Completion> completions);
  std::size_t CollectConnected(FakeSocket& socket, std::span<Completion> completions);
  std::size_t CollectStream(FakeSocket& socket, std::span<Completion> completions);
  std::size_t CollectDatagrams(FakeSocket& socket, std::span<Completion> completions);
  // Looks whether there is news to tell, which is then old.
  bool TakeReadable(FakeSocket& socket) const;
  std::optional<Completion> TakeSent(FakeSocket& socket);
  void CheckHeldMemory(const FakeSocket& socket);
  std::optional<std::uint64_t> NextAnswerMs() const;
  bool TakeWake();

  FakeStyle style_;
  std::uint64_t now_ms_ = 1'000'000;
  std::size_t stream_capacity_ = 64 << 10;
  std::size_t max_parts_ = 64;
  std::size_t send_calls_ = 0;
  ErrorCode accept_error_ = ErrorCode::kOk;
  ErrorCode attach_error_ = ErrorCode::kOk;
  std::map<Handle, FakeSocket> sockets_;
  Handle next_handle_ = 1;
  std::deque<std::pair<Endpoint, FakeAnswer>> answers_;  // the newest first
  std::deque<std::shared_ptr<FakeStream>> dialled_;
  std::deque<Completion> scripted_;
  std::vector<std::string> violations_;

  std::mutex wake_mutex_;
  std::condition_variable wake_changed_;
  bool woken_ = false;
};

}  // namespace hp::sys
