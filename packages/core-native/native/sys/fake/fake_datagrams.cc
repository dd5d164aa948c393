// SPDX-License-Identifier: Apache-2.0
#include "sys/fake/fake_datagrams.h"

#include <algorithm>

namespace hp::sys {

void FakeDatagrams::Deliver(const Endpoint& from, std::string_view bytes, const Endpoint& local) {
  if (closed_ || (connected() && from != peer_)) return;
  arrivals_.push_back({.peer = from, .bytes = std::string(bytes), .local = local});
  arrived_ = true;
}

void FakeDatagrams::Fail(ErrorCode error) {
  error_ = error;
  arrived_ = true;
}

void FakeDatagrams::FailReceives(ErrorCode error) {
  lasting_error_ = error;
  arrived_ = true;
}

void FakeDatagrams::FailNextSend(ErrorCode error, std::size_t after) {
  send_error_ = error;
  sends_before_error_ = after;
}

void FakeDatagrams::Attach(const DatagramIntake& intake) {
  intake_ = intake;
  arrived_ = !arrivals_.empty() || error_ != ErrorCode::kOk;
}

void FakeDatagrams::Close() {
  if (held_) Leave(*std::exchange(held_, std::nullopt));
  closed_ = true;
}

bool FakeDatagrams::TakeReadable() {
  bool readable = std::exchange(arrived_, false);
  if (completes()) {
    while (received_.size() < intake_.posted && !arrivals_.empty()) {
      received_.push_back(std::move(arrivals_.front()));
      arrivals_.pop_front();
    }
    readable = !announced_ && (readable || !received_.empty() || error_ != ErrorCode::kOk);
  }
  announced_ |= readable;
  return readable;
}

DatagramReceiveResult FakeDatagrams::Receive(std::span<IncomingDatagram> datagrams) {
  if (lasting_error_ != ErrorCode::kOk) return {.error = lasting_error_, .more = true};
  if (error_ != ErrorCode::kOk) {
    return {.error = std::exchange(error_, ErrorCode::kOk), .more = true};
  }
  std::deque<FakeDatagram>& queue = completes() ? received_ : arrivals_;
  DatagramReceiveResult result;
  for (; result.count < datagrams.size() && !queue.empty(); queue.pop_front()) {
    const FakeDatagram& arrived = queue.front();
    IncomingDatagram& datagram = datagrams[result.count++];
    // A posted receive has memory of its own.
    const std::size_t limit = completes() ? max_bytes() : datagram.memory.size();
    datagram.bytes = std::min({arrived.bytes.size(), limit, datagram.memory.size()});
    datagram.cut = datagram.bytes < arrived.bytes.size();
    datagram.peer = arrived.peer;
    datagram.local = intake_.tells_local && bound_to_all() ? arrived.local : Endpoint{};
    std::copy_n(arrived.bytes.begin(), datagram.bytes,
                reinterpret_cast<char*>(datagram.memory.data()));
  }
  // A completion knows what is left of those it was told, readiness only that it ran dry.
  result.more = completes() ? !queue.empty() : result.count == datagrams.size();
  announced_ = result.more;
  return result;
}

DatagramSendResult FakeDatagrams::Send(std::span<const OutgoingDatagram> datagrams) {
  if (!completes() && error_ != ErrorCode::kOk) {
    return {.error = std::exchange(error_, ErrorCode::kOk)};
  }
  DatagramSendResult result;
  for (const OutgoingDatagram& datagram : datagrams) {
    result.error = TakeSendError(datagram.bytes.size());
    if (result.error != ErrorCode::kOk) return result;
    FakeDatagram leaving{
        .peer = datagram.peer == nullptr ? peer_ : *datagram.peer,
        .bytes = {reinterpret_cast<const char*>(datagram.bytes.data()), datagram.bytes.size()},
        .local = datagram.local == nullptr ? Endpoint{} : *datagram.local};
    if (!has_room()) {
      result.pending = pending_ = true;
      if (!completes()) return result;
      // The copy is what a completion waits for room with.
      held_ = std::move(leaving);
      ++result.count;
      return result;
    }
    Leave(std::move(leaving));
    --room_;
    ++result.count;
  }
  return result;
}

bool FakeDatagrams::TakeRoom() {
  if (!pending_ || !has_room()) return false;
  if (held_) {
    Leave(*std::exchange(held_, std::nullopt));
    --room_;
  }
  pending_ = false;
  return true;
}

ErrorCode FakeDatagrams::TakeSendError(std::size_t bytes) {
  if (bytes > kMostBytes) return ErrorCode::kMessageSize;
  if (send_error_ == ErrorCode::kOk) return ErrorCode::kOk;
  if (sends_before_error_ != 0) {
    --sends_before_error_;
    return ErrorCode::kOk;
  }
  return std::exchange(send_error_, ErrorCode::kOk);
}

void FakeDatagrams::Leave(FakeDatagram datagram) {
  if (refused_ && connected()) return Fail(ErrorCode::kConnectionRefused);
  sent_.push_back(std::move(datagram));
}

}  // namespace hp::sys
