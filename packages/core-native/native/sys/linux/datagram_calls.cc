// SPDX-License-Identifier: Apache-2.0
#include "sys/linux/datagram_calls.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "sys/linux/system_error.h"

namespace hp::sys {
namespace {

// A message is one datagram until it has been cut up: it has no more than that may have.
constexpr std::size_t kMostMessageBytes = 65'000;

// How many datagrams from the front become one message: to one peer, from one
// address, all of one length but the last, which may be shorter.
std::size_t CountAlike(std::span<const OutgoingDatagram> datagrams, std::size_t most) {
  const OutgoingDatagram& first = datagrams[0];
  const std::size_t length = first.bytes.size();
  if (length == 0) return 1;
  most = std::min({most, datagrams.size(), std::max<std::size_t>(kMostMessageBytes / length, 1)});
  std::size_t count = 1;
  for (; count < most; ++count) {
    const OutgoingDatagram& next = datagrams[count];
    if (next.peer != first.peer || next.local != first.local) break;
    if (next.bytes.size() > length || next.bytes.empty()) break;
    if (next.bytes.size() < length) return count + 1;
  }
  return count;
}

// What a kernel or an interface says that does not cut messages up.
bool CannotCut(ErrorCode error) {
  return error == ErrorCode::kInvalidArgument || error == ErrorCode::kMessageSize ||
         error == FromNumber(EIO) || error == FromNumber(EOPNOTSUPP);
}

}  // namespace

DatagramReceiveResult DatagramCalls::Receive(int fd, std::span<IncomingDatagram> datagrams,
                                             bool tells_local) {
  const std::size_t most = std::min(datagrams.size(), kMostDatagrams);
  for (std::size_t i = 0; i < most; ++i) {
    parts_[i] = {datagrams[i].memory.data(), datagrams[i].memory.size()};
    messages_[i].msg_hdr = {.msg_name = &addresses_[i].base,
                            .msg_namelen = sizeof(sockaddr_in6),
                            .msg_iov = &parts_[i],
                            .msg_iovlen = 1};
    if (tells_local) controls_[i].GiveTo(messages_[i].msg_hdr);
  }
  const long received = syscall(SYS_recvmmsg, fd, messages_.data(), most, 0, nullptr);
  if (received < 0) {
    const ErrorCode error = LastError();
    if (error == ErrorCode::kTryAgain) return {};
    if (error == ErrorCode::kInterrupted) return {.more = true};
    return {.error = error, .more = true};
  }
  const auto count = static_cast<std::size_t>(received);
  for (std::size_t i = 0; i < count; ++i) {
    datagrams[i].bytes = messages_[i].msg_len;
    datagrams[i].cut = (messages_[i].msg_hdr.msg_flags & MSG_TRUNC) != 0;
    datagrams[i].peer = ToEndpoint(addresses_[i]);
    datagrams[i].local = tells_local ? LocalOf(messages_[i].msg_hdr) : Endpoint{};
  }
  return {.count = count, .more = count == most};
}

DatagramSendResult DatagramCalls::Send(int fd, std::span<const OutgoingDatagram> datagrams,
                                       bool& cuts) {
  Compose(datagrams, cuts);
  const long sent = syscall(SYS_sendmmsg, fd, messages_.data(), message_count_, MSG_NOSIGNAL);
  if (sent > 0) {
    std::size_t count = 0;
    for (long i = 0; i < sent; ++i) {
      count += messages_[static_cast<std::size_t>(i)].msg_hdr.msg_iovlen;
    }
    return {.count = count};
  }
  const ErrorCode error = LastError();
  if (error == ErrorCode::kTryAgain) return {.pending = true};
  if (error == ErrorCode::kInterrupted) return {};
  if (messages_[0].msg_hdr.msg_iovlen > 1 && CannotCut(error)) {
    cuts = false;
    return {};
  }
  return {.error = error};
}

void DatagramCalls::Compose(std::span<const OutgoingDatagram> datagrams, bool cuts) {
  message_count_ = part_count_ = 0;
  while (!datagrams.empty() && part_count_ < kMostDatagrams) {
    const std::size_t room = kMostDatagrams - part_count_;
    const std::size_t count = cuts ? CountAlike(datagrams, room) : 1;
    Add(datagrams.first(count));
    datagrams = datagrams.subspan(count);
  }
}

void DatagramCalls::Add(std::span<const OutgoingDatagram> datagrams) {
  const std::size_t index = message_count_++;
  msghdr& message = messages_[index].msg_hdr;
  message = {.msg_iov = &parts_[part_count_], .msg_iovlen = datagrams.size()};
  for (const OutgoingDatagram& each : datagrams) {
    parts_[part_count_++] = {const_cast<std::byte*>(each.bytes.data()), each.bytes.size()};
  }
  if (datagrams[0].peer != nullptr) {
    addresses_[index] = ToSocketAddress(*datagrams[0].peer);
    message.msg_name = &addresses_[index].base;
    message.msg_namelen = addresses_[index].length;
  }
  if (datagrams[0].local != nullptr) AddLocal(message, controls_[index], *datagrams[0].local);
  if (datagrams.size() > 1) AddSegment(message, controls_[index], datagrams[0].bytes.size());
}

}  // namespace hp::sys
