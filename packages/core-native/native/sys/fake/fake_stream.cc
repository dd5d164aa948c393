// SPDX-License-Identifier: Apache-2.0
#include "sys/fake/fake_stream.h"

#include <algorithm>

namespace hp::sys {

std::size_t FakeStream::Send(std::string_view bytes) {
  const std::size_t count = std::min(bytes.size(), room());
  outbound.append(bytes.substr(0, count));
  if (peer_gone && count != 0) ResetByPeer();
  return count;
}

void FakeStream::Close(bool abort) {
  closed = finished = true;
  // What is left unread tells a system that the peer was not heard out.
  aborted = aborted || abort || !inbound.empty();
}

void FakeStream::ResetByPeer() {
  peer_reset = arrived = true;
  outbound.clear();
  if (reset_drops_bytes) inbound.clear();
}

std::size_t FakePeer::Send(std::string_view bytes) {
  const std::size_t room = stream_->capacity - stream_->inbound.size();
  const bool over = stream_->over() || stream_->aborted;
  const std::size_t count = over ? 0 : std::min(bytes.size(), room);
  if (count == 0) return 0;
  if (stream_->closed) {
    stream_->aborted = true;
  } else {
    stream_->inbound.append(bytes.substr(0, count));
    stream_->arrived = true;
  }
  return count;
}

std::string FakePeer::Receive(std::size_t limit) {
  std::string bytes = stream_->outbound.substr(0, limit);
  stream_->outbound.erase(0, bytes.size());
  return bytes;
}

void FakePeer::FinishSending() { stream_->peer_finished = stream_->arrived = true; }

void FakePeer::Close() {
  if (!stream_->outbound.empty()) return Reset();
  stream_->peer_gone = true;
  FinishSending();
}

void FakePeer::Reset() { stream_->ResetByPeer(); }

}  // namespace hp::sys
