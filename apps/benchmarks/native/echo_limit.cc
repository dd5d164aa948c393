// SPDX-License-Identifier: Apache-2.0
//
// The limit: what an echo costs when nothing stands between the kernel and the
// bytes. One level-triggered epoll loop, one recv and one send per message.
//
//   echo_limit [buffers]
//
// It receives into so many buffers of 64 KiB in turn. One, the default, stays in
// the processor's cache. 512 are what lies between two collections of young
// memory in V8: no server that gives received bytes away has less in use.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <unordered_map>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "sockets.h"

namespace hp::bench {
namespace {

class EchoServer {
 public:
  explicit EchoServer(size_t buffers)
      : listener_(Listen()),
        epoll_(epoll_create1(EPOLL_CLOEXEC)),
        buffers_(buffers),
        memory_(std::make_unique<char[]>(buffers * kBufferSize)) {
    Watch(EPOLL_CTL_ADD, listener_.get(), EPOLLIN);
  }

  uint16_t port() const { return LocalPort(listener_); }

  [[noreturn]] void Run() {
    std::array<epoll_event, 1024> events;
    for (;;) {
      const int count =
          epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) Handle(events[static_cast<size_t>(i)]);
    }
  }

 private:
  void Handle(const epoll_event& event) {
    if (event.data.fd == listener_.get()) {
      Accept();
    } else if (event.events & EPOLLOUT) {
      SendRest(event.data.fd);
    } else {
      Echo(event.data.fd);
    }
  }

  void Accept() {
    const int fd = accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    Watch(EPOLL_CTL_ADD, fd, EPOLLIN);
  }

  void Echo(int fd) {
    char* const buffer = memory_.get() + next_ * kBufferSize;
    next_ = (next_ + 1) % buffers_;
    const ssize_t received = recv(fd, buffer, kBufferSize, 0);
    if (received < 0 && errno == EAGAIN) return;
    if (received <= 0) return Close(fd);
    const ssize_t sent = send(fd, buffer, static_cast<size_t>(received), MSG_NOSIGNAL);
    if (sent == received) return;
    if (sent < 0 && errno != EAGAIN) return Close(fd);
    // Reading stops until the peer has taken its bytes, so no more than one buffer is ever kept.
    rest_[fd].assign(buffer + std::max<ssize_t>(sent, 0), buffer + received);
    Watch(EPOLL_CTL_MOD, fd, EPOLLOUT);
  }

  void SendRest(int fd) {
    std::string& rest = rest_[fd];
    const ssize_t sent = send(fd, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) return;
    if (sent < 0) return Close(fd);
    rest.erase(0, static_cast<size_t>(sent));
    if (!rest.empty()) return;
    rest_.erase(fd);
    Watch(EPOLL_CTL_MOD, fd, EPOLLIN);
  }

  void Close(int fd) {
    rest_.erase(fd);
    close(fd);
  }

  void Watch(int operation, int fd, uint32_t interest) {
    epoll_event event{};
    event.events = interest;
    event.data.fd = fd;
    if (epoll_ctl(epoll_.get(), operation, fd, &event) < 0) ThrowErrno("epoll_ctl");
  }

  static constexpr size_t kBufferSize = size_t{64} * 1024;

  Fd listener_;
  Fd epoll_;
  size_t buffers_;
  size_t next_ = 0;
  std::unique_ptr<char[]> memory_;
  std::unordered_map<int, std::string> rest_;
};

}  // namespace
}  // namespace hp::bench

int main(int argc, char** argv) {
  try {
    const size_t buffers = argc > 1 ? std::stoul(argv[1]) : 1;
    hp::bench::RaiseDescriptorLimit();
    hp::bench::EchoServer server(std::max<size_t>(buffers, 1));
    std::printf("listening %u\n", server.port());
    std::fflush(stdout);
    server.Run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "echo_limit: %s\n", error.what());
    return 1;
  }
}
