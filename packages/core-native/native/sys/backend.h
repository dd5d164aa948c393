// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/error_code.h"
#include "sys/endpoint.h"
#include "sys/socket_options.h"

// The interface between net/ and an operating system. CONTRACT.md beside this
// file is its specification; every backend passes the same conformance suite.
namespace hp::sys {

// The caller's name for a socket: it comes back with every completion. The top
// two bits are the backend's.
using Token = std::uint64_t;
inline constexpr Token kTokenMask = (Token{1} << 62) - 1;

// The system's name for a socket.
using Handle = std::int64_t;
inline constexpr Handle kNoHandle = -1;

// A socket of the caller's: the caller owns the storage and sets `token`, the
// backend the meaning of the rest.
struct Socket {
  Handle handle = kNoHandle;
  std::uint32_t backend_state = 0;
  Token token = 0;

  bool open() const { return handle != kNoHandle; }
};

struct Completion {
  enum class Kind : std::uint8_t {
    kAccepted,   // one posted accept is used up: `handle` and `peer`, or `error`
    kConnected,  // a connect has ended, well or with `error`
    kReadable,   // Receive() has something to say
    kSent,       // a pending send has taken `bytes`, or failed with `error`
    kClosed,     // a Close() that had to wait is done
  };

  Token token = 0;
  Handle handle = kNoHandle;
  std::size_t bytes = 0;
  ErrorCode error = ErrorCode::kOk;
  Kind kind = Kind::kReadable;
  bool ended = false;  // kReadable: the stream ends behind what is buffered
  Endpoint peer;
};

struct ReceiveResult {
  std::size_t bytes = 0;
  ErrorCode error = ErrorCode::kOk;
  bool end = false;   // the peer has finished sending
  bool more = false;  // ask again; no kReadable comes before the answer is `more == false`
};

// A datagram on its way in. The caller gives the memory; the rest is the answer.
struct IncomingDatagram {
  std::span<std::byte> memory;
  std::size_t bytes = 0;  // of it, at most what the memory holds
  bool cut = false;       // there was more than the memory holds, which is lost
  Endpoint peer;          // who sent it
  Endpoint local;         // what to answer from, without the port; family kNone: not told
};

struct DatagramReceiveResult {
  std::size_t count = 0;  // datagrams received, from the front
  ErrorCode error = ErrorCode::kOk;
  bool more = false;  // as in ReceiveResult
};

// A datagram on its way out.
struct OutgoingDatagram {
  std::span<const std::byte> bytes;
  const Endpoint* peer = nullptr;   // nobody: whom the socket is connected to
  const Endpoint* local = nullptr;  // leaves from this address; none: the system's choice
};

struct DatagramSendResult {
  std::size_t count = 0;             // taken, from the front
  ErrorCode error = ErrorCode::kOk;  // of the datagram after those
  bool pending = false;              // a kSent follows
};

// What is to be received, and how.
struct DatagramIntake {
  std::uint32_t max_bytes = 0;  // of one datagram
  std::uint32_t posted = 1;     // receives under way at a time, where they are posted
  bool tells_local = false;     // asks for IncomingDatagram::local
};

struct SendResult {
  std::size_t bytes = 0;  // taken at once
  ErrorCode error = ErrorCode::kOk;
  bool pending = false;  // a kSent follows
};

// Whether the memory of a Send() stays valid until its kSent.
enum class SendMemory : std::uint8_t { kTransient, kStable };

// What to connect, and how the socket is set up before that.
struct ConnectRequest {
  Endpoint peer;
  Endpoint local;  // family kNone: the address, and port 0 the port, is the system's choice
  const SocketOptions* options = nullptr;
};

class Backend {
 public:
  Backend() = default;
  virtual ~Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  // Milliseconds of a clock that never goes back. For any thread.
  virtual std::uint64_t NowMs() = 0;

  // Fills `completions` with what has happened and returns how many. Waits
  // until something has, until Wake(), or until `deadline_ms`; not at all when
  // the deadline has passed, for ever when there is none.
  virtual std::size_t Wait(std::span<Completion> completions,
                           std::optional<std::uint64_t> deadline_ms) = 0;

  // Ends the running or the next Wait(). For any thread.
  virtual void Wake() = 0;

  // Starts to accept on a socket that is bound and listening, and was made with
  // `options`: the sockets it accepts have them too.
  virtual ErrorCode Listen(Socket& listener, const SocketOptions& options) = 0;
  // Allows `count` more accepts; each ends in one kAccepted.
  virtual void PostAccepts(Socket& listener, std::uint32_t count) = 0;

  // Takes over a connected socket: from kAccepted, or connected by blocking.
  virtual ErrorCode Attach(Socket& socket) = 0;
  // Closes an accepted socket that nobody wants.
  virtual void Discard(Handle accepted) = 0;
  // Makes a socket and starts to connect it; always answers with kConnected,
  // even for what fails at once.
  virtual void Connect(Socket& socket, const ConnectRequest& request) = 0;
  // After a kConnected without error: makes the socket ready to receive and
  // send, or says why it is not usable after all.
  virtual ErrorCode FinishConnect(Socket& socket) = 0;

  virtual ReceiveResult Receive(Socket& socket, std::span<std::byte> memory) = 0;
  virtual SendResult Send(Socket& socket, std::span<const std::span<const std::byte>> parts,
                          SendMemory memory) = 0;

  // Tells the peer that no more bytes follow.
  virtual void FinishSending(Socket& socket) = 0;
  // Takes over a datagram socket that is bound, and connected or not.
  virtual ErrorCode AttachDatagrams(Socket& socket, const DatagramIntake& intake) = 0;
  virtual DatagramReceiveResult ReceiveDatagrams(Socket& socket,
                                                 std::span<IncomingDatagram> datagrams) = 0;
  virtual DatagramSendResult SendDatagrams(Socket& socket,
                                           std::span<const OutgoingDatagram> datagrams) = 0;

  // Closes. Returns true when it is done at once, false when kClosed follows;
  // until then memory given to a pending send stays in use. `abort` makes the
  // peer see a reset.
  virtual bool Close(Socket& socket, bool abort) = 0;
};

}  // namespace hp::sys
