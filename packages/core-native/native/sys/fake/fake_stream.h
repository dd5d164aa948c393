// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace hp::sys {

// A connection in memory: the backend has one end of it, a test the other.
struct FakeStream {
  std::string inbound;             // sent by the peer, not yet received here
  std::string outbound;            // sent from here, not yet received by the peer
  std::size_t capacity = 0;        // bytes either direction holds
  bool reset_drops_bytes = false;  // systems differ in what a reset leaves to be received
  bool peer_finished = false;
  bool peer_gone = false;  // closed: whatever is sent now is answered by a reset
  bool peer_reset = false;
  bool finished = false;  // this end: no more follows
  bool closed = false;    // this end: nobody receives any more
  bool aborted = false;   // the peer sees a reset
  bool arrived = false;   // something came in since the backend last told

  std::size_t room() const { return capacity - outbound.size(); }
  bool readable() const { return !inbound.empty() || over(); }
  bool over() const { return peer_finished || peer_reset; }
  // Takes what has room of `bytes`, and returns how much that was.
  std::size_t Send(std::string_view bytes);
  void Close(bool abort);
  void ResetByPeer();
};

// The test's end of a connection.
class FakePeer {
 public:
  explicit FakePeer(std::shared_ptr<FakeStream> stream) : stream_(std::move(stream)) {}

  // Sends what has room, and returns how much that was.
  std::size_t Send(std::string_view bytes);
  // Receives what has arrived, which makes room for more.
  std::string Receive(std::size_t limit = std::string::npos);
  void FinishSending();
  void Close();
  void Reset();

  // The backend's end has finished in order, and everything has been received.
  bool ended() const { return stream_->finished && !stream_->aborted && stream_->outbound.empty(); }
  bool was_reset() const { return stream_->aborted; }

 private:
  std::shared_ptr<FakeStream> stream_;
};

}  // namespace hp::sys
