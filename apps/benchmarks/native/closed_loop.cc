// SPDX-License-Identifier: Apache-2.0
#include "closed_loop.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <span>
#include <stdexcept>

#include <sys/epoll.h>

namespace hp::bench {
namespace {

constexpr size_t kBufferSize = size_t{256} * 1024;
constexpr size_t kGatherSize = size_t{128} * 1024;

// Small enough for every server's listen queue: an overflowing queue drops the
// handshake, which then costs a second.
constexpr size_t kConnectionsPerWave = 100;

}  // namespace

ClosedLoop::ClosedLoop(const Options& options)
    : options_(options),
      payload_(options.size, options.framed),
      measurement_(options),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      tls_(options.transport == Transport::kTls ? MakeTlsClient(options.session) : nullptr),
      connections_(options.connections),
      buffer_(std::make_unique<char[]>(kBufferSize)),
      gathered_(std::make_unique<char[]>(kGatherSize)) {}

void ClosedLoop::OpenConnections() {
  for (size_t opened = 0; opened < connections_.size();) {
    Connection& connection = connections_[opened++];
    connection.granted_at.resize(options_.outstanding);
    Open(connection);
    // Connections are accepted in order: an answer on this one shows that all before it were.
    const bool ends_wave = opened % kConnectionsPerWave == 0 || opened == connections_.size();
    // Handshakes end in any order.
    if (ends_wave || tls_ != nullptr) Grant(connection, 1, Clock::now());
    if (!ends_wave) continue;
    while (in_flight_ > 0) HandleEvents();
  }
}

Report ClosedLoop::Run() {
  measurement_.Begin();
  for (Connection& connection : connections_) Refill(connection, Clock::now());
  while (in_flight_ > 0) {
    HandleEvents();
    measurement_.Advance(Clock::now());
  }
  Report report = measurement_.Finish();
  report.errors = errors_;
  return report;
}

void ClosedLoop::Open(Connection& connection) {
  connection.number = connections_opened_++;
  Fd connected = Connect(options_.host, options_.port, connection.number);
  if (tls_ != nullptr) {
    connection.stream = tls_->Open(std::move(connected));
  } else {
    connection.stream = std::make_unique<PlainStream>(std::move(connected));
  }
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &connection;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, connection.stream->fd(), &event) < 0)
    ThrowErrno("epoll_ctl");
}

void ClosedLoop::Reopen(Connection& connection) {
  connection.stream->Close();
  connection.stream = nullptr;
  if (measurement_.TakeFromBudget(1) == 0) return;
  connection.granted = connection.sent = connection.received = 0;
  const Time begin = Clock::now();
  Open(connection);
  Grant(connection, 1, begin);
}

void ClosedLoop::Refill(Connection& connection, Time now) {
  if (InFlight(connection) + options_.burst > options_.outstanding) return;
  const auto room = static_cast<uint32_t>(options_.outstanding - InFlight(connection));
  const uint32_t messages = measurement_.TakeFromBudget(room - room % options_.burst);
  if (messages > 0) Grant(connection, messages, now);
}

void ClosedLoop::Grant(Connection& connection, uint32_t messages, Time now) {
  for (uint32_t i = 0; i < messages; ++i) {
    connection.granted_at[connection.granted / options_.size % options_.outstanding] = now;
    connection.granted += options_.size;
  }
  in_flight_ += messages;
  Send(connection);
}

uint64_t ClosedLoop::InFlight(const Connection& connection) const {
  return connection.granted / options_.size - connection.received / options_.size;
}

void ClosedLoop::Send(Connection& connection) {
  while (connection.sent < connection.granted) {
    const auto bytes = Unsent(connection);
    const Transfer transfer = connection.stream->Send(bytes);
    if (transfer.outcome == Transfer::Outcome::kFailed) return Fail(connection, transfer.failure);
    if (transfer.outcome != Transfer::Outcome::kMoved) {
      return AwaitWritable(connection, transfer.outcome == Transfer::Outcome::kWantsWritable);
    }
    connection.sent += transfer.bytes;
  }
  AwaitWritable(connection, false);
}

std::span<const char> ClosedLoop::Unsent(const Connection& connection) {
  const auto message = payload_.At(connection.number, connection.sent);
  if (connection.sent + message.size() == connection.granted) return message;
  if (message.size() > kGatherSize) return message;
  // Gathered by hand: from a vector of pieces the kernel builds packets that
  // cost the receiving server more.
  size_t size = 0;
  for (uint64_t at = connection.sent; at < connection.granted;) {
    const auto next = payload_.At(connection.number, at);
    if (size + next.size() > kGatherSize) break;
    std::memcpy(gathered_.get() + size, next.data(), next.size());
    size += next.size();
    at += next.size();
  }
  return {gathered_.get(), size};
}

void ClosedLoop::AwaitWritable(Connection& connection, bool wanted) {
  if (connection.awaits_writable == wanted) return;
  connection.awaits_writable = wanted;
  epoll_event event{};
  event.events = wanted ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.ptr = &connection;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection.stream->fd(), &event) < 0)
    ThrowErrno("epoll_ctl");
}

void ClosedLoop::Receive(Connection& connection) {
  do {
    const Transfer transfer = connection.stream->Receive({buffer_.get(), kBufferSize});
    switch (transfer.outcome) {
      case Transfer::Outcome::kMoved:
        Take(connection, {buffer_.get(), transfer.bytes});
        break;
      case Transfer::Outcome::kFailed:
        return Fail(connection, transfer.failure);
      case Transfer::Outcome::kWantsReadable:
      case Transfer::Outcome::kWantsWritable:
        // What is to be sent may have waited for what a handshake has just received.
        return Send(connection);
    }
  } while (connection.stream != nullptr && connection.stream->HoldsReceived());
}

void ClosedLoop::Take(Connection& connection, std::span<const char> bytes) {
  const Time now = Clock::now();
  if (!Verify(connection, bytes, now)) return Fail(connection, "wrong byte");
  if (!measurement_.has_begun()) return;
  if (options_.mode == Mode::kEcho) {
    Refill(connection, now);
  } else if (connection.received == connection.granted) {
    Reopen(connection);
  }
}

bool ClosedLoop::Verify(Connection& connection, std::span<const char> bytes, Time now) {
  while (!bytes.empty()) {
    if (connection.received == connection.sent) return false;
    const auto message = payload_.At(connection.number, connection.received);
    const size_t length = std::min(message.size(), bytes.size());
    if (std::memcmp(message.data(), bytes.data(), length) != 0) return false;
    connection.received += length;
    if (connection.received % options_.size == 0) Complete(connection, now);
    bytes = bytes.subspan(length);
  }
  return true;
}

void ClosedLoop::Complete(const Connection& connection, Time now) {
  --in_flight_;
  const Time granted_at =
      connection.granted_at[(connection.received / options_.size - 1) % options_.outstanding];
  measurement_.Complete(granted_at, now);
}

void ClosedLoop::Fail(Connection& connection, std::string_view reason) {
  if (errors_++ == 0) {
    std::fprintf(stderr, "connection %u, byte %" PRIu64 ": %.*s\n", connection.number,
                 connection.received, static_cast<int>(reason.size()), reason.data());
  }
  in_flight_ -= InFlight(connection);
  connection.granted = connection.received;
  connection.stream = nullptr;
}

void ClosedLoop::HandleEvents() {
  std::array<epoll_event, 1024> events;
  const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                               static_cast<int>(kAnswerDeadline.count()));
  if (count < 0) ThrowErrno("epoll_wait");
  if (count == 0) throw std::runtime_error(kNoAnswer);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<size_t>(i)];
    auto& connection = *static_cast<Connection*>(event.data.ptr);
    if (event.events & EPOLLOUT) Send(connection);
    if (connection.stream != nullptr && (event.events & ~EPOLLOUT)) Receive(connection);
  }
}

}  // namespace hp::bench
