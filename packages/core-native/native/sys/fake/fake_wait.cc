// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string_view>

#include "sys/fake/fake_backend.h"

namespace hp::sys {

std::size_t FakeBackend::Wait(std::span<Completion> completions,
                              std::optional<std::uint64_t> deadline_ms) {
  if (completions.size() < 2) violations_.emplace_back("Wait with less than two places");
  for (;;) {
    const std::size_t count = Collect(completions);
    if (TakeWake() || count != 0) return count;
    const std::optional<std::uint64_t> answer_ms = NextAnswerMs();
    if (!deadline_ms && !answer_ms) {
      std::unique_lock lock(wake_mutex_);
      wake_changed_.wait(lock, [this] { return woken_; });
      woken_ = false;
      return 0;
    }
    if (deadline_ms && *deadline_ms <= now_ms_) return 0;
    now_ms_ = std::min(deadline_ms.value_or(UINT64_MAX), answer_ms.value_or(UINT64_MAX));
  }
}

void FakeBackend::Wake() {
  const std::lock_guard lock(wake_mutex_);
  woken_ = true;
  wake_changed_.notify_one();
}

bool FakeBackend::TakeWake() {
  const std::lock_guard lock(wake_mutex_);
  return std::exchange(woken_, false);
}

std::optional<std::uint64_t> FakeBackend::NextAnswerMs() const {
  std::optional<std::uint64_t> next;
  for (const auto& [handle, socket] : sockets_) {
    if (socket.role != Role::kConnecting || socket.answer.never) continue;
    next = std::min(next.value_or(UINT64_MAX), socket.answer_ms);
  }
  return next;
}

std::size_t FakeBackend::Collect(std::span<Completion> completions) {
  std::size_t count = 0;
  for (; !scripted_.empty() && count < completions.size(); scripted_.pop_front()) {
    completions[count++] = scripted_.front();
  }
  // Accepting adds sockets, all of them behind those that are looked at.
  for (auto each = sockets_.begin(); each != sockets_.end();) {
    if (completions.size() - count < 2) return count;
    FakeSocket& socket = each->second;
    count += CollectOf(socket, completions.subspan(count));
    each = socket.role == Role::kClosing ? sockets_.erase(each) : std::next(each);
  }
  return count;
}

std::size_t FakeBackend::CollectOf(FakeSocket& socket, std::span<Completion> completions) {
  switch (socket.role) {
    case Role::kListening:
      return CollectAccepted(socket, completions);
    case Role::kConnecting:
      return CollectConnected(socket, completions);
    case Role::kStream:
      return CollectStream(socket, completions);
    case Role::kDatagrams:
      return CollectDatagrams(socket, completions);
    case Role::kClosing:
      CheckHeldMemory(socket);
      completions[0] = Completion{.token = socket.token, .kind = Completion::Kind::kClosed};
      return 1;
    case Role::kNew:
    case Role::kConnected:
      break;
  }
  return 0;
}

std::size_t FakeBackend::CollectAccepted(FakeSocket& listener, std::span<Completion> completions) {
  std::size_t count = 0;
  while (listener.posted != 0 && !listener.backlog.empty() && count < completions.size()) {
    Completion completion{
        .token = listener.token, .error = accept_error_, .kind = Completion::Kind::kAccepted};
    if (accept_error_ == ErrorCode::kOk) {
      completion.handle = next_handle_;
      completion.peer = {.address = {127, 0, 0, 1},
                         .port = static_cast<std::uint16_t>(40'000 + next_handle_ % 20'000),
                         .family = Family::kIPv4};
      sockets_[next_handle_++].stream = listener.backlog.front();
    } else {
      listener.backlog.front()->Close(true);
    }
    listener.backlog.pop_front();
    --listener.posted;
    completions[count++] = completion;
  }
  return count;
}

std::size_t FakeBackend::CollectConnected(FakeSocket& socket, std::span<Completion> completions) {
  if (socket.answer.never || socket.answer_ms > now_ms_) return 0;
  socket.role = Role::kConnected;
  const ErrorCode error = socket.answer.error;
  completions[0] =
      Completion{.token = socket.token, .error = error, .kind = Completion::Kind::kConnected};
  if (error == ErrorCode::kOk) {
    socket.stream = MakeStream();
    dialled_.push_back(socket.stream);
  }
  return 1;
}

bool FakeBackend::TakeReadable(FakeSocket& socket) const {
  const bool arrived = std::exchange(socket.stream->arrived, false);
  if (!completes()) return arrived;
  return socket.receive_posted && socket.stream->readable() &&
         std::exchange(socket.receive_posted, false);
}

std::size_t FakeBackend::CollectStream(FakeSocket& socket, std::span<Completion> completions) {
  const FakeStream& stream = *socket.stream;
  std::size_t count = 0;
  const bool readable = TakeReadable(socket);
  if (readable) {
    completions[count++] = Completion{.token = socket.token,
                                      .kind = Completion::Kind::kReadable,
                                      .ended = !completes() && stream.over()};
  }
  if (const auto sent = TakeSent(socket)) {
    completions[count++] = *sent;
  } else if (readable && socket.watches_write && stream.room() != 0) {
    // epoll tells room along with whatever else it tells.
    completions[count++] = Completion{.token = socket.token, .kind = Completion::Kind::kSent};
  }
  return count;
}

std::size_t FakeBackend::CollectDatagrams(FakeSocket& socket, std::span<Completion> completions) {
  FakeDatagrams& datagrams = *socket.datagrams;
  std::size_t count = 0;
  const bool readable = datagrams.TakeReadable();
  if (readable) {
    completions[count++] = Completion{.token = socket.token, .kind = Completion::Kind::kReadable};
  }
  // As for streams, epoll tells room along with whatever else it tells.
  if (datagrams.TakeRoom() || (readable && socket.watches_write && datagrams.has_room())) {
    completions[count++] = Completion{.token = socket.token, .kind = Completion::Kind::kSent};
  }
  return count;
}

std::optional<Completion> FakeBackend::TakeSent(FakeSocket& socket) {
  FakeStream& stream = *socket.stream;
  Completion sent{.token = socket.token, .kind = Completion::Kind::kSent};
  if (socket.wants_room) {
    if (stream.room() == 0 && !stream.peer_reset) return std::nullopt;
    socket.wants_room = false;
    return sent;
  }
  if (socket.held == nullptr) return std::nullopt;
  CheckHeldMemory(socket);
  HeldSend& held = *socket.held;
  if (!stream.peer_reset) {
    held.taken += stream.Send(std::string_view(held.copy).substr(held.taken));
    if (held.taken < held.copy.size() && !stream.peer_reset) return std::nullopt;
  }
  if (stream.peer_reset) {
    sent.error = ErrorCode::kConnectionReset;
  } else {
    sent.bytes = held.taken;
  }
  socket.held.reset();
  return sent;
}

void FakeBackend::CheckHeldMemory(const FakeSocket& socket) {
  if (socket.held == nullptr) return;
  std::string_view copy = socket.held->copy;
  for (const std::span<const std::byte> part : socket.held->parts) {
    if (!copy.starts_with(
            std::string_view(reinterpret_cast<const char*>(part.data()), part.size()))) {
      violations_.emplace_back("the memory of a pending send has changed");
      return;
    }
    copy.remove_prefix(part.size());
  }
}

}  // namespace hp::sys
