// SPDX-License-Identifier: Apache-2.0
#include "datagram_loop.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <string>

#include <sys/epoll.h>

namespace hp::bench {
namespace {

constexpr std::chrono::milliseconds kLostAfter{250};
constexpr std::chrono::milliseconds kLookForLostEvery{50};

[[noreturn]] void Fail(uint32_t socket, std::string_view reason) {
  throw std::runtime_error("socket " + std::to_string(socket) + ": " + std::string(reason));
}

}  // namespace

DatagramLoop::DatagramLoop(const Options& options)
    : options_(options),
      payload_(options.size, false),
      measurement_(options),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      sockets_(options.connections),
      // One byte more, so that a datagram that has grown shows.
      incoming_(options.outstanding, options.size + 1, DatagramBatch::Addresses::kNone),
      outgoing_(options.outstanding, options.size, DatagramBatch::Addresses::kNone) {
  uint32_t number = 0;
  for (Socket& socket : sockets_) {
    socket.number = number++;
    socket.fd = ConnectDatagram(options_.host, options_.port);
    socket.places.resize(options_.outstanding);
    for (size_t i = 0; i < socket.places.size(); ++i) socket.places[i].sequence = i;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &socket;
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket.fd.get(), &event) < 0)
      ThrowErrno("epoll_ctl");
  }
}

Report DatagramLoop::Run() {
  measurement_.Begin();
  answered_at_ = looked_for_lost_at_ = Clock::now();
  for (Socket& socket : sockets_) Refill(socket, Clock::now());
  while (in_flight_ > 0) {
    HandleEvents();
    const Time now = Clock::now();
    ReplaceLost(now);
    measurement_.Advance(now);
  }
  return measurement_.Finish();
}

void DatagramLoop::Refill(Socket& socket, Time now) {
  size_t count = 0;
  for (Place& place : socket.places) {
    if (place.is_in_flight) continue;
    if (measurement_.TakeFromBudget(1) == 0) break;
    place.sequence += options_.outstanding;
    place.sent_at = now;
    place.is_in_flight = true;
    Write(outgoing_[count++], socket, place.sequence);
  }
  in_flight_ += count;
  outgoing_.Send(socket.fd, count);
}

void DatagramLoop::Write(std::span<char> datagram, const Socket& socket, uint64_t sequence) const {
  const DatagramTag tag{socket.number, sequence};
  std::memcpy(datagram.data(), &tag, sizeof tag);
  std::ranges::copy(Body(socket, sequence), datagram.begin() + sizeof tag);
}

void DatagramLoop::Receive(Socket& socket) {
  const size_t count = incoming_.Receive(socket.fd);
  const Time now = Clock::now();
  for (size_t i = 0; i < count; ++i) Verify(socket, incoming_[i], now);
  Refill(socket, now);
}

void DatagramLoop::Verify(Socket& socket, std::span<const char> datagram, Time now) {
  if (datagram.size() != options_.size) Fail(socket.number, "wrong length");
  DatagramTag tag;
  std::memcpy(&tag, datagram.data(), sizeof tag);
  Place& place = socket.places[tag.sequence % socket.places.size()];
  const bool is_awaited = place.is_in_flight && place.sequence == tag.sequence;
  // What was taken for lost and is late may come, once.
  const bool is_known = is_awaited || socket.lost.erase(tag.sequence) > 0;
  if (tag.socket != socket.number || !is_known) Fail(socket.number, "stray or repeated datagram");
  if (!std::ranges::equal(datagram.subspan(sizeof tag), Body(socket, tag.sequence)))
    Fail(socket.number, "wrong byte");
  if (!is_awaited) return;
  place.is_in_flight = false;
  --in_flight_;
  answered_at_ = now;
  measurement_.Complete(place.sent_at, now);
}

void DatagramLoop::ReplaceLost(Time now) {
  if (now - looked_for_lost_at_ < kLookForLostEvery) return;
  looked_for_lost_at_ = now;
  if (now - answered_at_ > kAnswerDeadline) throw std::runtime_error(kNoAnswer);
  for (Socket& socket : sockets_) {
    for (Place& place : socket.places) {
      if (!place.is_in_flight || now - place.sent_at < kLostAfter) continue;
      place.is_in_flight = false;
      --in_flight_;
      socket.lost.insert(place.sequence);
      measurement_.Lose();
    }
    Refill(socket, now);
  }
}

void DatagramLoop::HandleEvents() {
  std::array<epoll_event, 1024> events;
  const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                               static_cast<int>(kLookForLostEvery.count()));
  if (count < 0) ThrowErrno("epoll_wait");
  for (int i = 0; i < count; ++i)
    Receive(*static_cast<Socket*>(events[static_cast<size_t>(i)].data.ptr));
}

std::span<const char> DatagramLoop::Body(const Socket& socket, uint64_t sequence) const {
  return payload_.At(socket.number, sequence * options_.size).subspan(sizeof(DatagramTag));
}

}  // namespace hp::bench
