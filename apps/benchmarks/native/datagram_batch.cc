// SPDX-License-Identifier: Apache-2.0
#include "datagram_batch.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <netinet/udp.h>

namespace hp::bench {
namespace {

// A message is one datagram until it is cut up, and has no more than that may have.
constexpr size_t kMostBytes = 65'000;

}  // namespace

DatagramBatch::DatagramBatch(size_t capacity, size_t buffer_size, Addresses addresses)
    : buffer_size_(buffer_size),
      memory_(std::make_unique<char[]>(capacity * buffer_size)),
      pieces_(capacity),
      addresses_(addresses == Addresses::kKept ? capacity : 0),
      messages_(capacity),
      segments_(capacity) {
  for (size_t i = 0; i < capacity; ++i) {
    pieces_[i] = {memory_.get() + i * buffer_size, buffer_size};
    msghdr& header = messages_[i].msg_hdr;
    header.msg_iov = &pieces_[i];
    header.msg_iovlen = 1;
    if (addresses == Addresses::kNone) continue;
    header.msg_name = &addresses_[i];
    header.msg_namelen = sizeof addresses_[i];
  }
}

size_t DatagramBatch::Receive(const Fd& socket) {
  for (iovec& piece : pieces_) piece.iov_len = buffer_size_;
  const int received = recvmmsg(socket.get(), messages_.data(),
                                static_cast<unsigned>(messages_.size()), MSG_DONTWAIT, nullptr);
  if (received < 0 && errno == EAGAIN) return 0;
  if (received < 0) ThrowErrno("recvmmsg");
  const auto count = static_cast<size_t>(received);
  for (size_t i = 0; i < count; ++i) pieces_[i].iov_len = messages_[i].msg_len;
  return count;
}

void DatagramBatch::Send(const Fd& socket, size_t count) {
  SendAll(socket, std::span(messages_).first(count));
}

void DatagramBatch::SendSegmented(const Fd& socket, size_t count) {
  segmented_.clear();
  for (size_t first = 0; first < count;) {
    const size_t alike = CountAlike(first, count);
    msghdr header = messages_[first].msg_hdr;
    header.msg_iovlen = alike;
    if (alike > 1) {
      Segment& segment = segments_[segmented_.size()];
      header.msg_control = segment.bytes;
      header.msg_controllen = sizeof segment.bytes;
      cmsghdr& control = *CMSG_FIRSTHDR(&header);
      control = {.cmsg_len = CMSG_LEN(sizeof(uint16_t)),
                 .cmsg_level = IPPROTO_UDP,
                 .cmsg_type = UDP_SEGMENT};
      const auto length = static_cast<uint16_t>(pieces_[first].iov_len);
      std::memcpy(CMSG_DATA(&control), &length, sizeof length);
    }
    segmented_.push_back({.msg_hdr = header, .msg_len = 0});
    first += alike;
  }
  SendAll(socket, segmented_);
}

size_t DatagramBatch::CountAlike(size_t first, size_t count) const {
  const auto is_like_first = [&](size_t index) {
    return pieces_[index].iov_len == pieces_[first].iov_len &&
           addresses_[index].sin_port == addresses_[first].sin_port &&
           addresses_[index].sin_addr.s_addr == addresses_[first].sin_addr.s_addr;
  };
  const size_t most =
      std::min(count, first + std::max<size_t>(kMostBytes / pieces_[first].iov_len, 1));
  size_t end = first + 1;
  while (end < most && is_like_first(end)) ++end;
  return end - first;
}

void DatagramBatch::SendAll(const Fd& socket, std::span<mmsghdr> messages) {
  while (!messages.empty()) {
    const int taken =
        sendmmsg(socket.get(), messages.data(), static_cast<unsigned>(messages.size()), 0);
    // What the kernel refuses is lost, as a datagram may be at any time.
    messages = messages.subspan(taken > 0 ? static_cast<size_t>(taken) : 1);
  }
}

}  // namespace hp::bench
