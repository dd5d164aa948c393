// SPDX-License-Identifier: Apache-2.0
#include "plain_calls.h"

#include <array>

#include "sys/sockets/socket_address.h"
#include "sys/windows/stream_options.h"

namespace hp::sys {
namespace {

// Always has a receive under way: Wine shows a reset to such a receive only, and
// an end to all others.
class OverlappedReceiver final : public PlainReceiver {
 public:
  explicit OverlappedReceiver(SOCKET socket) : socket_(socket) { Ask(); }
  ~OverlappedReceiver() override {
    if (!asked_) return;
    CancelIoEx(reinterpret_cast<HANDLE>(socket_), &overlapped_);
    DWORD bytes = 0;
    GetOverlappedResult(reinterpret_cast<HANDLE>(socket_), &overlapped_, &bytes, TRUE);
  }

  std::string Receive() override {
    std::string received;
    DWORD bytes = 0;
    DWORD flags = 0;
    while (asked_) {
      if (WSAGetOverlappedResult(socket_, &overlapped_, &bytes, FALSE, &flags)) {
        received.append(buffer_.data(), bytes);
        ended_ = bytes == 0;
        asked_ = false;
        if (!ended_) Ask();
      } else if (WSAGetLastError() == WSA_IO_INCOMPLETE) {
        break;
      } else {
        Fail();
      }
    }
    return received;
  }

 private:
  void Ask() {
    overlapped_ = {};
    WSABUF into{.len = static_cast<ULONG>(buffer_.size()), .buf = buffer_.data()};
    DWORD flags = 0;
    asked_ = WSARecv(socket_, &into, 1, nullptr, &flags, &overlapped_, nullptr) == 0 ||
             WSAGetLastError() == WSA_IO_PENDING;
    if (!asked_) Fail();
  }
  void Fail() {
    asked_ = false;
    was_reset_ = WSAGetLastError() == WSAECONNRESET;
  }

  SOCKET socket_;
  OVERLAPPED overlapped_{};
  std::array<char, 65536> buffer_;
  bool asked_ = false;
};

}  // namespace

std::size_t PlainSend(Handle handle, std::string_view bytes) {
  const int count = send(ToNative(handle), bytes.data(), static_cast<int>(bytes.size()), 0);
  return count < 0 ? 0 : static_cast<std::size_t>(count);
}

std::unique_ptr<PlainReceiver> MakePlainReceiver(Handle handle) {
  return std::make_unique<OverlappedReceiver>(ToNative(handle));
}

Handle PlainAccept(Handle listener) {
  // It is non-blocking, as its listener is.
  return static_cast<Handle>(accept(ToNative(listener), nullptr, nullptr));
}

void PlainConnect(Handle handle, const Endpoint& peer) {
  const SocketAddress address = ToSocketAddress(peer);
  connect(ToNative(handle), &address.base, address.length);
}

void PlainFinishSending(Handle handle) { shutdown(ToNative(handle), SD_SEND); }

void PlainReset(Handle handle) { CloseByReset(ToNative(handle)); }

void PlainSendTo(Handle handle, const Endpoint& to, std::string_view bytes) {
  const SocketAddress address = ToSocketAddress(to);
  sendto(ToNative(handle), bytes.data(), static_cast<int>(bytes.size()), 0, &address.base,
         address.length);
}

std::vector<Datagram> PlainReceiveFrom(Handle handle) {
  std::vector<Datagram> datagrams;
  std::array<char, 65536> buffer;
  for (;;) {
    SocketAddress peer;
    const int count = recvfrom(ToNative(handle), buffer.data(), static_cast<int>(buffer.size()), 0,
                               &peer.base, &peer.length);
    if (count < 0) return datagrams;
    datagrams.push_back({.peer = ToEndpoint(peer),
                         .bytes = std::string(buffer.data(), static_cast<std::size_t>(count))});
  }
}

}  // namespace hp::sys
