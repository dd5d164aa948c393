// SPDX-License-Identifier: Apache-2.0
#include "socket_world.h"

#include <cstdlib>
#include <cstring>

#include "native_socket.h"
#include "plain_calls.h"
#include "sys/datagram_socket.h"

namespace hp::sys {
namespace {

constexpr std::uint32_t kConnectMs = 5000;

Endpoint LocalOf(const OwnedSocket& socket) {
  Endpoint endpoint;
  if (LocalEndpoint(socket.get(), endpoint) != ErrorCode::kOk) std::abort();
  return endpoint;
}

Endpoint Loopback(Family family) {
  Endpoint endpoint{.family = family};
  if (family == Family::kIPv4) {
    endpoint.address = {127, 0, 0, 1};
  } else {
    endpoint.address[15] = 1;
  }
  return endpoint;
}

OwnedSocket Bound(const SocketOptions& options) {
  Handle handle = kNoHandle;
  if (OpenStream(Family::kIPv4, options, handle) || Bind(handle, Loopback(Family::kIPv4))) {
    std::abort();
  }
  return OwnedSocket(handle);
}

OwnedSocket DatagramSocket(const Endpoint& local, const SocketOptions& options = {}) {
  Handle handle = kNoHandle;
  if (OpenDatagram(local.family, options, handle) || Bind(handle, local)) std::abort();
  return OwnedSocket(handle);
}

OwnedSocket ListeningSocket(const SocketOptions& options, std::uint32_t backlog) {
  OwnedSocket bound = Bound(options);
  if (StartListening(bound.get(), backlog)) std::abort();
  return bound;
}

class SocketPeer final : public Peer {
 public:
  explicit SocketPeer(OwnedSocket socket)
      : socket_(std::move(socket)), receiver_(MakePlainReceiver(socket_.get())) {}

  std::size_t Send(std::string_view bytes) override { return PlainSend(socket_.get(), bytes); }
  std::string Receive() override { return receiver_ == nullptr ? "" : receiver_->Receive(); }
  void FinishSending() override { PlainFinishSending(socket_.get()); }
  void Close() override {
    receiver_.reset();
    socket_.Reset();
  }
  void Reset() override {
    receiver_.reset();
    PlainReset(socket_.Release());
  }
  bool ended() const override { return receiver_ != nullptr && receiver_->ended(); }
  bool was_reset() const override { return receiver_ != nullptr && receiver_->was_reset(); }

 private:
  OwnedSocket socket_;
  std::unique_ptr<PlainReceiver> receiver_;
};

}  // namespace

SocketWorld::SocketWorld()
    : answering_(ListeningSocket({}, 128)), silent_(ListeningSocket({}, 0)), refusing_(Bound({})) {
  // Fills the queue of the one that never accepts, which then drops what comes.
  for (OwnedSocket& waiting : waiting_) {
    Handle handle = kNoHandle;
    if (OpenStream(Family::kIPv4, {}, handle)) std::abort();
    waiting = OwnedSocket(handle);
    PlainConnect(handle, Silent());
  }
}

Handle SocketWorld::OpenListener(Endpoint& local) {
  OwnedSocket listener = ListeningSocket(options_, 128);
  local = LocalOf(listener);
  return listener.Release();
}

std::unique_ptr<Peer> SocketWorld::Dial(const Endpoint& listener) {
  Handle handle = kNoHandle;
  if (ConnectBlocking({.peer = listener, .options = &options_}, kConnectMs, handle)) {
    return nullptr;
  }
  return std::make_unique<SocketPeer>(OwnedSocket(handle));
}

std::unique_ptr<Peer> SocketWorld::TakeDialled() {
  OwnedSocket dialled(PlainAccept(answering_.get()));
  if (dialled.get() == kNoHandle) return nullptr;
  return std::make_unique<SocketPeer>(std::move(dialled));
}

Endpoint SocketWorld::Answering() { return LocalOf(answering_); }
Endpoint SocketWorld::Silent() { return LocalOf(silent_); }
Endpoint SocketWorld::Refusing() { return LocalOf(refusing_); }

Endpoint SocketWorld::Own() {
  // Free a moment ago; that anybody gets this very one in that moment is not to be expected.
  return LocalOf(Bound({}));
}

void SocketWorld::KeepBuffersSmall() {
  constexpr int kBytes = 4096;
  std::vector<std::byte> value(sizeof(kBytes));
  std::memcpy(value.data(), &kBytes, sizeof(kBytes));
  options_.raw = {{.level = SOL_SOCKET, .name = SO_SNDBUF, .value = value},
                  {.level = SOL_SOCKET, .name = SO_RCVBUF, .value = value}};
}

Handle SocketWorld::OpenDatagrams(Family family, const Endpoint& peer, Endpoint& local) {
  OwnedSocket socket = DatagramSocket(Loopback(family));
  if (peer.family != Family::kNone && ConnectDatagram(socket.get(), peer)) std::abort();
  local = LocalOf(socket);
  return socket.Release();
}

Handle SocketWorld::OpenDatagramsEverywhere(Family family, Endpoint& local) {
  SocketOptions options;
  options.dual_stack = family == Family::kIPv6;
  OwnedSocket socket = DatagramSocket({.family = family}, options);
  local = LocalOf(socket);
  return socket.Release();
}

std::unique_ptr<DatagramPeer> SocketWorld::OpenDatagramPeer(Family family) {
  return std::make_unique<SocketDatagramPeer>(DatagramSocket(Loopback(family)));
}

Endpoint SocketWorld::Deserted() {
  // Everybody else is at 127.0.0.1.
  return LocalOf(DatagramSocket({.address = {127, 0, 0, 9}, .family = Family::kIPv4}));
}

std::unique_ptr<DatagramPeer> SocketWorld::Populate(const Endpoint& deserted) {
  return std::make_unique<SocketDatagramPeer>(DatagramSocket(deserted));
}

Endpoint SocketDatagramPeer::local() const { return LocalOf(socket_); }

void SocketDatagramPeer::Send(const Endpoint& to, std::string_view bytes) {
  PlainSendTo(socket_.get(), to, bytes);
}

std::vector<Datagram> SocketDatagramPeer::Receive() { return PlainReceiveFrom(socket_.get()); }

}  // namespace hp::sys
