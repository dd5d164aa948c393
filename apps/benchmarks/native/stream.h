// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include "sockets.h"

namespace hp::bench {

// What came of an attempt that never blocks.
struct Transfer {
  enum class Outcome { kMoved, kWantsReadable, kWantsWritable, kFailed };

  Outcome outcome;
  size_t bytes = 0;     // with kMoved
  std::string failure;  // with kFailed

  static Transfer Moved(size_t bytes) { return {Outcome::kMoved, bytes, {}}; }
  static Transfer WantsReadable() { return {Outcome::kWantsReadable, 0, {}}; }
  static Transfer WantsWritable() { return {Outcome::kWantsWritable, 0, {}}; }
  static Transfer Failed(std::string failure) { return {Outcome::kFailed, 0, std::move(failure)}; }
};

inline constexpr char kClosedByServer[] = "closed by the server";

// A connection to the server, whose bytes go as they are or through TLS.
class Stream {
 public:
  explicit Stream(Fd socket) : socket_(std::move(socket)) {}
  virtual ~Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  int fd() const { return socket_.get(); }

  virtual Transfer Send(std::span<const char> bytes) = 0;
  virtual Transfer Receive(std::span<char> buffer) = 0;

  // Whether there may be more to receive than the socket shows.
  virtual bool HoldsReceived() const { return false; }

  // Closes when everything of this connection has been said.
  virtual void Close() = 0;

 protected:
  Fd socket_;
};

class PlainStream final : public Stream {
 public:
  using Stream::Stream;

  Transfer Send(std::span<const char> bytes) override;
  Transfer Receive(std::span<char> buffer) override;

  // With a reset: no TIME_WAIT stays behind, of which tens of thousands a second would use up the
  // ports and slow down whatever is measured next.
  void Close() override;
};

}  // namespace hp::bench
