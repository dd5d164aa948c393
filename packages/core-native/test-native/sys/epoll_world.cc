// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include "sys/linux/descriptor.h"
#include "sys/linux/epoll_backend.h"
#include "sys/stream_socket.h"
#include "world.h"

namespace hp::sys {
namespace {

constexpr int kSmallBuffer = 4096;

sockaddr_in ToAddress(const Endpoint& endpoint) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

Endpoint LocalOf(int fd) {
  Endpoint endpoint;
  if (LocalEndpoint(fd, endpoint) != ErrorCode::kOk) std::abort();
  return endpoint;
}

void ShrinkBuffers(int fd) {
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &kSmallBuffer, sizeof(kSmallBuffer));
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kSmallBuffer, sizeof(kSmallBuffer));
}

// A plain socket, which does its own calls: the backend has no part in it.
class SocketPeer final : public Peer {
 public:
  explicit SocketPeer(Descriptor socket) : socket_(std::move(socket)) {
    fcntl(socket_.get(), F_SETFL, fcntl(socket_.get(), F_GETFL) | O_NONBLOCK);
  }

  std::size_t Send(std::string_view bytes) override {
    const ssize_t count = send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return count < 0 ? 0 : static_cast<std::size_t>(count);
  }

  std::string Receive() override {
    std::string bytes;
    std::array<char, 65536> buffer;
    for (;;) {
      const ssize_t count = recv(socket_.get(), buffer.data(), buffer.size(), 0);
      ended_ |= count == 0;
      reset_ |= count < 0 && errno == ECONNRESET;
      if (count <= 0) return bytes;
      bytes.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }

  void FinishSending() override { shutdown(socket_.get(), SHUT_WR); }
  void Close() override { socket_.Reset(); }

  void Reset() override {
    const linger reset{.l_onoff = 1, .l_linger = 0};
    setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    socket_.Reset();
  }

  bool ended() const override { return ended_; }
  bool was_reset() const override { return reset_; }

 private:
  Descriptor socket_;
  bool ended_ = false;
  bool reset_ = false;
};

class EpollWorld final : public World {
 public:
  EpollWorld() : answering_(Listening(128)), silent_(Listening(0)), refusing_(Bound()) {
    if (!backend_.Open()) std::abort();
    // Fills the queue of the one that never accepts, which then drops what comes.
    for (Descriptor& waiting : waiting_) {
      waiting = Descriptor(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      const sockaddr_in address = ToAddress(LocalOf(silent_.get()));
      connect(waiting.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    }
  }
  ~EpollWorld() override { RestoreDescriptors(); }

  Backend& backend() override { return backend_; }

  Handle OpenListener(Endpoint& local) override {
    Handle handle = kNoHandle;
    if (OpenStream(Family::kIPv4, {}, handle)) std::abort();
    if (small_) ShrinkBuffers(static_cast<int>(handle));
    if (Bind(handle, Loopback()) || StartListening(handle, 128)) std::abort();
    local = LocalOf(static_cast<int>(handle));
    return handle;
  }

  std::unique_ptr<Peer> Dial(const Endpoint& listener) override {
    Descriptor fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (small_) ShrinkBuffers(fd.get());
    const sockaddr_in address = ToAddress(listener);
    if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
      return nullptr;
    }
    return std::make_unique<SocketPeer>(std::move(fd));
  }

  Endpoint Answering() override { return LocalOf(answering_.get()); }
  Endpoint Silent() override { return LocalOf(silent_.get()); }
  Endpoint Refusing() override { return LocalOf(refusing_.get()); }

  Endpoint Own() override {
    // Free a moment ago; that anybody gets this very one in that moment is not to be expected.
    return LocalOf(Bound().get());
  }

  std::unique_ptr<Peer> TakeDialled() override {
    Descriptor fd(accept4(answering_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    return fd.valid() ? std::make_unique<SocketPeer>(std::move(fd)) : nullptr;
  }

  void ExhaustDescriptors() override {
    rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    full_limit_ = limit.rlim_cur;
    limit.rlim_cur = 128;
    setrlimit(RLIMIT_NOFILE, &limit);
    for (;;) {
      Descriptor filler(open("/dev/null", O_RDONLY | O_CLOEXEC));
      if (!filler.valid()) return;
      fillers_.push_back(std::move(filler));
    }
  }

  void RestoreDescriptors() override {
    if (full_limit_ == 0) return;
    rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = full_limit_;
    setrlimit(RLIMIT_NOFILE, &limit);
    fillers_.clear();
    full_limit_ = 0;
  }

  void KeepBuffersSmall() override { small_ = true; }

 private:
  static Endpoint Loopback() { return {.address = {127, 0, 0, 1}, .family = Family::kIPv4}; }

  static Descriptor Bound() {
    Handle handle = kNoHandle;
    if (OpenStream(Family::kIPv4, {}, handle) || Bind(handle, Loopback())) std::abort();
    return Descriptor(static_cast<int>(handle));
  }

  static Descriptor Listening(std::uint32_t backlog) {
    Descriptor bound = Bound();
    if (StartListening(bound.get(), backlog)) std::abort();
    return bound;
  }

  EpollBackend backend_;
  Descriptor answering_;
  Descriptor silent_;
  Descriptor refusing_;  // bound, so that nobody else is there, and not listening
  std::array<Descriptor, 3> waiting_;
  std::vector<Descriptor> fillers_;
  rlim_t full_limit_ = 0;
  bool small_ = false;
};

}  // namespace

std::unique_ptr<World> MakeEpollWorld() { return std::make_unique<EpollWorld>(); }

}  // namespace hp::sys
