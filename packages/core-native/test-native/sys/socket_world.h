// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <utility>

#include "sys/stream_socket.h"
#include "world.h"

namespace hp::sys {

// Owns a socket of the system's.
class OwnedSocket {
 public:
  OwnedSocket() = default;
  explicit OwnedSocket(Handle handle) : handle_(handle) {}
  OwnedSocket(OwnedSocket&& other) noexcept : handle_(std::exchange(other.handle_, kNoHandle)) {}
  OwnedSocket& operator=(OwnedSocket&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~OwnedSocket() { Reset(); }

  Handle get() const { return handle_; }
  Handle Release() { return std::exchange(handle_, kNoHandle); }
  void Reset() {
    if (handle_ != kNoHandle) CloseSocket(Release());
  }

 private:
  Handle handle_ = kNoHandle;
};

class SocketDatagramPeer final : public DatagramPeer {
 public:
  explicit SocketDatagramPeer(OwnedSocket socket) : socket_(std::move(socket)) {}

  Endpoint local() const override;
  void Send(const Endpoint& to, std::string_view bytes) override;
  std::vector<Datagram> Receive() override;

 private:
  OwnedSocket socket_;
};

// What a world of the system's own sockets has, whichever the backend.
class SocketWorld : public World {
 public:
  SocketWorld();

  Handle OpenListener(Endpoint& local) override;
  std::unique_ptr<Peer> Dial(const Endpoint& listener) override;
  Endpoint Answering() override;
  std::unique_ptr<Peer> TakeDialled() override;
  Endpoint Refusing() override;
  Endpoint Silent() override;
  Endpoint Own() override;
  void KeepBuffersSmall() override;
  Handle OpenDatagrams(Family family, const Endpoint& peer, Endpoint& local) override;
  Handle OpenDatagramsEverywhere(Family family, Endpoint& local) override;
  std::unique_ptr<DatagramPeer> OpenDatagramPeer(Family family) override;
  Endpoint Deserted() override;
  std::unique_ptr<DatagramPeer> Populate(const Endpoint& deserted) override;

 private:
  SocketOptions options_;
  OwnedSocket answering_;
  OwnedSocket silent_;
  OwnedSocket refusing_;  // bound, so that nobody else is there, and not listening
  std::array<OwnedSocket, 3> waiting_;
};

}  // namespace hp::sys
