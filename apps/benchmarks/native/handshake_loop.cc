// SPDX-License-Identifier: Apache-2.0
#include "handshake_loop.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>

#include <sys/epoll.h>

namespace hp::bench {

HandshakeLoop::HandshakeLoop(const Options& options)
    : options_(options),
      client_(MakeTlsClient(options.session)),
      epoll_(epoll_create1(EPOLL_CLOEXEC)) {}

Report HandshakeLoop::Run() {
  const Time start = Clock::now();
  measured_from_ = start + std::chrono::milliseconds(options_.warmup_ms);
  const Time end = measured_from_ + std::chrono::milliseconds(options_.duration_ms);
  for (Time due = start; due < end;) {
    do HandleEvents(due);
    while (Clock::now() < due);
    Begin();
    due = start + begun_ * std::chrono::nanoseconds(std::chrono::seconds(1)) / options_.rate;
  }
  while (!open_.empty()) HandleEvents(open_.front().begin + kAnswerDeadline);
  report_.seconds = std::chrono::duration<double>(end - measured_from_).count();
  return report_;
}

void HandshakeLoop::Begin() {
  Attempt& attempt = open_.emplace_back();
  attempt.place = std::prev(open_.end());
  attempt.begin = Clock::now();
  attempt.stream = client_->Open(Connect(options_.host, options_.port, begun_++));
  epoll_event event{};
  // A socket that can be written to would be reported all the time.
  event.events = EPOLLIN | EPOLLOUT | EPOLLET;
  event.data.ptr = &attempt;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, attempt.stream->fd(), &event) < 0)
    ThrowErrno("epoll_ctl");
}

void HandshakeLoop::HandleEvents(Time until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
  std::array<epoll_event, 64> events;
  const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                               static_cast<int>(std::max<int64_t>(left.count(), 0)));
  if (count < 0) ThrowErrno("epoll_wait");
  for (int i = 0; i < count; ++i) {
    Continue(*static_cast<Attempt*>(events[static_cast<size_t>(i)].data.ptr));
  }
  const Time deadline = Clock::now() - kAnswerDeadline;
  while (!open_.empty() && open_.front().begin < deadline) End(open_.front(), kNoAnswer);
}

void HandshakeLoop::Continue(Attempt& attempt) {
  const Transfer transfer = attempt.stream->Handshake();
  if (transfer.outcome == Transfer::Outcome::kMoved) End(attempt, {});
  if (transfer.outcome == Transfer::Outcome::kFailed) End(attempt, transfer.failure);
}

void HandshakeLoop::End(Attempt& attempt, std::string_view failure) {
  const auto taken = std::chrono::nanoseconds(Clock::now() - attempt.begin);
  if (attempt.begin < measured_from_) {
    // Warming up.
  } else if (failure.empty()) {
    ++report_.messages;
    report_.latencies.Record(static_cast<uint64_t>(taken.count()));
  } else if (report_.errors++ == 0) {
    std::fprintf(stderr, "handshake: %.*s\n", static_cast<int>(failure.size()), failure.data());
  }
  attempt.stream->Close();
  open_.erase(attempt.place);
}

}  // namespace hp::bench
