// SPDX-License-Identifier: Apache-2.0
#include "plain_calls.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "sys/sockets/socket_address.h"

namespace hp::sys {
namespace {

int ToFd(Handle handle) { return static_cast<int>(handle); }

class PollingReceiver final : public PlainReceiver {
 public:
  explicit PollingReceiver(Handle handle) : fd_(ToFd(handle)) {}

  std::string Receive() override {
    std::string bytes;
    std::array<char, 65536> buffer;
    for (;;) {
      const ssize_t count = recv(fd_, buffer.data(), buffer.size(), 0);
      ended_ |= count == 0;
      was_reset_ |= count < 0 && errno == ECONNRESET;
      if (count <= 0) return bytes;
      bytes.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }

 private:
  int fd_;
};

}  // namespace

std::size_t PlainSend(Handle handle, std::string_view bytes) {
  const ssize_t count = send(ToFd(handle), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  return count < 0 ? 0 : static_cast<std::size_t>(count);
}

std::unique_ptr<PlainReceiver> MakePlainReceiver(Handle handle) {
  return std::make_unique<PollingReceiver>(handle);
}

Handle PlainAccept(Handle listener) {
  return accept4(ToFd(listener), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

void PlainConnect(Handle handle, const Endpoint& peer) {
  const SocketAddress address = ToSocketAddress(peer);
  connect(ToFd(handle), &address.base, address.length);
}

void PlainFinishSending(Handle handle) { shutdown(ToFd(handle), SHUT_WR); }

void PlainReset(Handle handle) {
  const linger reset{.l_onoff = 1, .l_linger = 0};
  setsockopt(ToFd(handle), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  close(ToFd(handle));
}

void PlainSendTo(Handle handle, const Endpoint& to, std::string_view bytes) {
  const SocketAddress address = ToSocketAddress(to);
  sendto(ToFd(handle), bytes.data(), bytes.size(), MSG_NOSIGNAL, &address.base, address.length);
}

std::vector<Datagram> PlainReceiveFrom(Handle handle) {
  std::vector<Datagram> datagrams;
  std::array<char, 65536> buffer;
  for (;;) {
    SocketAddress peer;
    const ssize_t count =
        recvfrom(ToFd(handle), buffer.data(), buffer.size(), 0, &peer.base, &peer.length);
    if (count < 0) return datagrams;
    datagrams.push_back({.peer = ToEndpoint(peer),
                         .bytes = std::string(buffer.data(), static_cast<std::size_t>(count))});
  }
}

}  // namespace hp::sys
