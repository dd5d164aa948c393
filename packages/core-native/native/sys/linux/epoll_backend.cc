// SPDX-License-Identifier: Apache-2.0
#include "sys/linux/epoll_backend.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "sys/linux/data_calls.h"
#include "sys/linux/datagram_control.h"
#include "sys/linux/system_error.h"
#include "sys/sockets/socket_address.h"
#include "sys/sockets/socket_setup.h"

namespace hp::sys {
namespace {

// What the two bits of a token that belong to the backend say.
constexpr Token kRoleShift = 62;
constexpr Token kStream = Token{0} << kRoleShift;
constexpr Token kConnecting = Token{1} << kRoleShift;
constexpr Token kListening = Token{2} << kRoleShift;
constexpr Token kInternal = Token{3} << kRoleShift;
constexpr Token kRoleMask = Token{3} << kRoleShift;

constexpr Token kWakeToken = kInternal | 1;
constexpr Token kTimerToken = kInternal | 2;

constexpr std::uint32_t kStreamEvents = EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLET;
constexpr std::uint32_t kDatagramEvents = EPOLLIN | EPOLLET;

// After these a short answer does not mean that nothing is left: the stream
// ends, or urgent data, at which every receive stops, lies in its midst.
constexpr std::uint32_t kEndEvents = EPOLLRDHUP | EPOLLHUP | EPOLLERR | EPOLLPRI;

// Bits of Socket::backend_state.
constexpr std::uint32_t kWatchesWrite = 1;
constexpr std::uint32_t kCutsNothing = 2;  // see DatagramCalls
constexpr std::uint32_t kTellsLocal = 4;

constexpr std::size_t kMaxParts = 64;

int ReserveDescriptor() { return open("/dev/null", O_RDONLY | O_CLOEXEC); }

// Asked before an accept that may find nobody: that would make a socket first.
bool IsReadable(int fd) {
  pollfd asked{.fd = fd, .events = POLLIN, .revents = 0};
  return poll(&asked, 1, 0) != 0;
}

bool IsOutOfDescriptors(ErrorCode error) {
  return error == ErrorCode::kProcessFileLimit || error == ErrorCode::kSystemFileLimit;
}

}  // namespace

std::unique_ptr<PollableBackend> CreatePollableBackend() {
  auto backend = std::make_unique<EpollBackend>();
  if (!backend->Open()) return nullptr;
  return backend;
}

std::unique_ptr<Backend> CreateBackend() { return CreatePollableBackend(); }

bool EpollBackend::Open() {
  epoll_ = Descriptor(epoll_create1(EPOLL_CLOEXEC));
  wake_ = Descriptor(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  timer_ = Descriptor(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  reserve_ = Descriptor(ReserveDescriptor());
  return epoll_.valid() && wake_.valid() && timer_.valid() && reserve_.valid() &&
         Watch(EPOLL_CTL_ADD, wake_.get(), EPOLLIN, kWakeToken) == ErrorCode::kOk &&
         Watch(EPOLL_CTL_ADD, timer_.get(), EPOLLIN, kTimerToken) == ErrorCode::kOk;
}

std::uint64_t EpollBackend::NowMs() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1000 +
         static_cast<std::uint64_t>(now.tv_nsec) / 1'000'000;
}

void EpollBackend::ArmDeadline(std::optional<std::uint64_t> deadline_ms) {
  // What waits here and not in the kernel is announced by no descriptor.
  if (HasBacklog()) Wake();
  if (deadline_ms == armed_deadline_ms_) return;
  armed_deadline_ms_ = deadline_ms;
  itimerspec when{};
  if (deadline_ms) {
    when.it_value.tv_sec = static_cast<time_t>(*deadline_ms / 1000);
    when.it_value.tv_nsec = static_cast<long>(*deadline_ms % 1000 * 1'000'000);
  }
  timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

bool EpollBackend::HasBacklog() const {
  return !deferred_.empty() || next_event_ != event_count_ ||
         std::any_of(listeners_.begin(), listeners_.end(),
                     [](const Listener& each) { return each.ready && each.posted != 0; });
}

std::size_t EpollBackend::Wait(std::span<Completion> completions,
                               std::optional<std::uint64_t> deadline_ms) {
  std::size_t count = 0;
  while (!deferred_.empty() && count < completions.size()) {
    completions[count++] = deferred_.front();
    deferred_.pop_front();
  }
  for (Listener& listener : listeners_) {
    if (listener.ready && listener.posted != 0) {
      count += Accept(listener, completions.subspan(count));
    }
  }
  if (next_event_ == event_count_) {
    int timeout_ms = -1;
    if (count != 0) {
      timeout_ms = 0;
    } else if (deadline_ms) {
      // The present is rounded down, so that what is left is rounded up: the
      // wait ends after the deadline, and no second one is needed.
      const std::uint64_t now = *deadline_ms == 0 ? 0 : NowMs();
      const std::uint64_t left = *deadline_ms > now ? *deadline_ms - now : 0;
      timeout_ms = static_cast<int>(std::min<std::uint64_t>(left, 0x7fffffff));
    }
    const int found =
        epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), timeout_ms);
    next_event_ = 0;
    event_count_ = static_cast<std::size_t>(std::max(found, 0));
  }
  // An event may need two places: what has arrived, and room to send.
  while (next_event_ < event_count_ && count + 2 <= completions.size()) {
    count += Translate(events_[next_event_++], completions.subspan(count));
  }
  return count;
}

void EpollBackend::Wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_.get(), &one, sizeof(one));
}

std::size_t EpollBackend::Translate(const epoll_event& event, std::span<Completion> completions) {
  const Token token = event.data.u64 & kTokenMask;
  switch (event.data.u64 & kRoleMask) {
    case kInternal: {
      std::uint64_t ticks;
      const int fd = event.data.u64 == kWakeToken ? wake_.get() : timer_.get();
      [[maybe_unused]] const ssize_t drained = read(fd, &ticks, sizeof(ticks));
      if (event.data.u64 == kTimerToken) armed_deadline_ms_.reset();
      return 0;
    }
    case kListening: {
      Listener* listener = FindListener(token);
      if (listener == nullptr) return 0;
      listener->ready = true;
      return Accept(*listener, completions);
    }
    case kConnecting:
      completions[0] = Completion{.token = token, .kind = Completion::Kind::kConnected};
      return 1;
    default:
      break;
  }
  std::size_t count = 0;
  if ((event.events & (EPOLLIN | kEndEvents)) != 0) {
    completions[count++] = Completion{.token = token,
                                      .kind = Completion::Kind::kReadable,
                                      .ended = (event.events & kEndEvents) != 0};
  }
  if ((event.events & EPOLLOUT) != 0) {
    completions[count++] = Completion{.token = token, .kind = Completion::Kind::kSent};
  }
  return count;
}

ErrorCode EpollBackend::Watch(int operation, int fd, std::uint32_t events, Token token) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = token;
  return epoll_ctl(epoll_.get(), operation, fd, &event) == 0 ? ErrorCode::kOk : LastError();
}

EpollBackend::Listener* EpollBackend::FindListener(Token token) {
  const auto found = std::find_if(listeners_.begin(), listeners_.end(),
                                  [token](const Listener& each) { return each.token == token; });
  return found == listeners_.end() ? nullptr : &*found;
}

// Linux hands a listener's options on by itself.
ErrorCode EpollBackend::Listen(Socket& listener, const SocketOptions& /*options*/) {
  const int fd = static_cast<int>(listener.handle);
  const ErrorCode error = Watch(EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLET, listener.token | kListening);
  if (error == ErrorCode::kOk) listeners_.push_back({.token = listener.token, .fd = fd});
  return error;
}

void EpollBackend::PostAccepts(Socket& listener, std::uint32_t count) {
  if (Listener* found = FindListener(listener.token)) found->posted += count;
}

std::size_t EpollBackend::Accept(Listener& listener, std::span<Completion> completions) {
  std::size_t count = 0;
  while (listener.posted != 0 && count < completions.size()) {
    SocketAddress peer;
    const int fd = accept4(listener.fd, &peer.base, &peer.length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    Completion completion{.token = listener.token, .kind = Completion::Kind::kAccepted};
    if (fd >= 0) {
      completion.handle = fd;
      completion.peer = ToEndpoint(peer);
    } else {
      completion.error = LastError();
      if (completion.error == ErrorCode::kTryAgain) {
        listener.ready = false;
        return count;
      }
      // The peer gave up while it waited in the queue: not the listener's affair.
      if (completion.error == ErrorCode::kConnectionAborted ||
          completion.error == ErrorCode::kInterrupted) {
        continue;
      }
      // A descriptor is asked for before the queue is looked at, empty or not.
      if (IsOutOfDescriptors(completion.error) && !RefuseOne(listener.fd)) {
        listener.ready = false;
        return count;
      }
    }
    --listener.posted;
    completions[count++] = completion;
    if (fd < 0) return count;
    listener.ready = IsReadable(listener.fd);
    if (!listener.ready) return count;
  }
  return count;
}

// With no descriptor left, the reserve takes one peer off the queue and closes
// it: it learns at once that it is not served. False when nobody waits.
bool EpollBackend::RefuseOne(int listener_fd) {
  reserve_.Reset();
  const int refused = accept4(listener_fd, nullptr, nullptr, SOCK_CLOEXEC);
  const bool somebody = refused >= 0 || errno != EAGAIN;
  // Closed first: the reserve comes back in its place.
  if (refused >= 0) close(refused);
  reserve_ = Descriptor(ReserveDescriptor());
  return somebody;
}

ErrorCode EpollBackend::Attach(Socket& socket) {
  socket.backend_state = 0;
  return Watch(EPOLL_CTL_ADD, static_cast<int>(socket.handle), kStreamEvents,
               socket.token | kStream);
}

void EpollBackend::Discard(Handle accepted) { CloseSocket(accepted); }

void EpollBackend::Connect(Socket& socket, const ConnectRequest& request) {
  Completion failed{.token = socket.token, .kind = Completion::Kind::kConnected};
  if (const Failure failure = OpenForConnect(request, socket.handle)) {
    socket.handle = kNoHandle;
    failed.error = failure.error;
    deferred_.push_back(failed);
    return;
  }
  const int fd = static_cast<int>(socket.handle);
  socket.backend_state = 0;
  const SocketAddress address = ToSocketAddress(request.peer);
  if (connect(fd, &address.base, address.length) == 0 || errno == EINPROGRESS) {
    // Registered after connect(): a socket that has not begun counts as hung up.
    // For one event: what arrives before FinishConnect() would be another.
    failed.error = Watch(EPOLL_CTL_ADD, fd, EPOLLOUT | EPOLLONESHOT, socket.token | kConnecting);
    if (failed.error == ErrorCode::kOk) return;
  } else {
    failed.error = LastError();
  }
  deferred_.push_back(failed);
}

ErrorCode EpollBackend::FinishConnect(Socket& socket) {
  ErrorCode error = PendingError(socket.handle);
  if (error == ErrorCode::kOk) error = CheckEnds(socket.handle);
  if (error != ErrorCode::kOk) return error;
  return Watch(EPOLL_CTL_MOD, static_cast<int>(socket.handle), kStreamEvents,
               socket.token | kStream);
}

ReceiveResult EpollBackend::Receive(Socket& socket, std::span<std::byte> memory) {
  const ssize_t count = ReceiveBytes(static_cast<int>(socket.handle), memory.data(), memory.size());
  if (count > 0) {
    // A short read has emptied the socket; whatever comes next is a new edge.
    const auto bytes = static_cast<std::size_t>(count);
    return {.bytes = bytes, .more = bytes == memory.size()};
  }
  if (count == 0) return {.end = true};
  const ErrorCode error = LastError();
  if (error == ErrorCode::kTryAgain) return {};
  if (error == ErrorCode::kInterrupted) return {.more = true};
  return {.error = error};
}

SendResult EpollBackend::Send(Socket& socket, std::span<const std::span<const std::byte>> parts,
                              SendMemory /*memory*/) {
  const int fd = static_cast<int>(socket.handle);
  std::size_t total = 0;
  ssize_t count = 0;
  if (parts.size() == 1) {
    total = parts[0].size();
    count = SendBytes(fd, parts[0].data(), total);
  } else {
    std::array<iovec, kMaxParts> vectors;
    const std::size_t used = std::min(parts.size(), kMaxParts);
    for (std::size_t i = 0; i < used; ++i) {
      vectors[i] = {const_cast<std::byte*>(parts[i].data()), parts[i].size()};
      total += parts[i].size();
    }
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = used;
    count = SendMessage(fd, message);
  }
  SendResult result;
  if (count >= 0) {
    result.bytes = static_cast<std::size_t>(count);
    if (result.bytes == total) return result;
  } else {
    result.error = LastError();
    if (result.error != ErrorCode::kTryAgain && result.error != ErrorCode::kInterrupted) {
      return result;
    }
    result.error = ErrorCode::kOk;
  }
  result.pending = true;
  const ErrorCode error = WatchWrite(socket, kStreamEvents);
  if (error != ErrorCode::kOk) return {.error = error};
  return result;
}

ErrorCode EpollBackend::WatchWrite(Socket& socket, std::uint32_t events) {
  if ((socket.backend_state & kWatchesWrite) != 0) return ErrorCode::kOk;
  socket.backend_state |= kWatchesWrite;
  return Watch(EPOLL_CTL_MOD, static_cast<int>(socket.handle), events | EPOLLOUT,
               socket.token | kStream);
}

void EpollBackend::FinishSending(Socket& socket) {
  shutdown(static_cast<int>(socket.handle), SHUT_WR);
}

ErrorCode EpollBackend::AttachDatagrams(Socket& socket, const DatagramIntake& intake) {
  if (datagram_calls_ == nullptr) datagram_calls_ = std::make_unique<DatagramCalls>();
  const int fd = static_cast<int>(socket.handle);
  socket.backend_state = intake.tells_local && AskForLocal(fd) ? kTellsLocal : 0;
  return Watch(EPOLL_CTL_ADD, fd, kDatagramEvents, socket.token | kStream);
}

DatagramReceiveResult EpollBackend::ReceiveDatagrams(Socket& socket,
                                                     std::span<IncomingDatagram> datagrams) {
  const bool tells_local = (socket.backend_state & kTellsLocal) != 0;
  return datagram_calls_->Receive(static_cast<int>(socket.handle), datagrams, tells_local);
}

DatagramSendResult EpollBackend::SendDatagrams(Socket& socket,
                                               std::span<const OutgoingDatagram> datagrams) {
  bool cuts = (socket.backend_state & kCutsNothing) == 0;
  DatagramSendResult result =
      datagram_calls_->Send(static_cast<int>(socket.handle), datagrams, cuts);
  if (!cuts) socket.backend_state |= kCutsNothing;
  if (!result.pending) return result;
  const ErrorCode error = WatchWrite(socket, kDatagramEvents);
  if (error != ErrorCode::kOk) return {.error = error};
  return result;
}

bool EpollBackend::Close(Socket& socket, bool abort) {
  const int fd = static_cast<int>(socket.handle);
  if (abort) {
    const linger reset{.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  }
  std::erase_if(listeners_, [&](const Listener& each) { return each.fd == fd; });
  close(fd);
  socket.handle = kNoHandle;
  return true;
}

}  // namespace hp::sys
