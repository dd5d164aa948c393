// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <utility>

#include "sys/fake/fake_backend.h"
#include "world.h"

namespace hp::sys {
namespace {

Endpoint Loopback(std::uint16_t port) {
  return {.address = {127, 0, 0, 1}, .port = port, .family = Family::kIPv4};
}

class FakeWorldPeer final : public Peer {
 public:
  explicit FakeWorldPeer(std::unique_ptr<FakePeer> peer) : peer_(std::move(peer)) {}

  std::size_t Send(std::string_view bytes) override { return peer_->Send(bytes); }
  std::string Receive() override { return peer_->Receive(); }
  void FinishSending() override { peer_->FinishSending(); }
  void Close() override { peer_->Close(); }
  void Reset() override { peer_->Reset(); }
  bool ended() const override { return peer_->ended(); }
  bool was_reset() const override { return peer_->was_reset(); }

 private:
  std::unique_ptr<FakePeer> peer_;
};

// Carries datagrams between the backend's sockets and those who write to them.
class Post {
 public:
  void Add(std::shared_ptr<FakeDatagrams> socket) { sockets_.push_back(std::move(socket)); }

  void Send(const Endpoint& from, const Endpoint& to, std::string_view bytes) {
    for (const auto& socket : sockets_) {
      Endpoint local = socket->local();
      if (socket->bound_to_all() && local.port == to.port) local = to;
      if (local == to) socket->Deliver(from, bytes, to);
    }
  }

  // Whether what connected sockets send there is refused.
  void Refuse(const Endpoint& peer, bool refused) {
    for (const auto& socket : sockets_) {
      if (socket->peer() == peer) socket->Refuse(refused);
    }
  }

  std::vector<Datagram> Fetch(const Endpoint& to) {
    for (const auto& socket : sockets_) {
      for (FakeDatagram& each : socket->TakeSent()) {
        const bool chosen = each.local.family == Family::kNone;
        Endpoint from = chosen ? socket->local() : each.local;
        from.port = socket->local().port;
        boxes_[each.peer.port].push_back({from, std::move(each.bytes)});
      }
    }
    return std::exchange(boxes_[to.port], {});
  }

 private:
  std::vector<std::shared_ptr<FakeDatagrams>> sockets_;
  std::map<std::uint16_t, std::vector<Datagram>> boxes_;
};

class FakeDatagramPeer final : public DatagramPeer {
 public:
  // `scarce`: a socket that has room again once this has received.
  FakeDatagramPeer(Post& post, const Endpoint& local,
                   std::shared_ptr<FakeDatagrams> scarce = nullptr)
      : post_(post), local_(local), scarce_(std::move(scarce)) {
    post_.Refuse(local_, false);
  }
  ~FakeDatagramPeer() override { post_.Refuse(local_, true); }

  Endpoint local() const override { return local_; }
  void Send(const Endpoint& to, std::string_view bytes) override { post_.Send(local_, to, bytes); }
  std::vector<Datagram> Receive() override {
    if (scarce_ != nullptr) scarce_->LimitRoom(kScarceRoom);
    return post_.Fetch(local_);
  }

  static constexpr std::size_t kScarceRoom = 5;

 private:
  Post& post_;
  Endpoint local_;
  std::shared_ptr<FakeDatagrams> scarce_;
};

class FakeWorld final : public World {
 public:
  explicit FakeWorld(FakeStyle style) : backend_(style) {
    backend_.Answer(Answering(), {});
    backend_.Answer(Silent(), {.never = true});
    backend_.Answer(Own(), {});
  }

  Backend& backend() override { return backend_; }

  Handle OpenListener(Endpoint& local) override {
    local = Loopback(next_port_++);
    return backend_.OpenListener(local);
  }

  std::unique_ptr<Peer> Dial(const Endpoint& listener) override {
    return Wrap(backend_.Dial(listener));
  }

  Endpoint Answering() override { return Loopback(1); }
  Endpoint Refusing() override { return Loopback(2); }
  Endpoint Silent() override { return Loopback(3); }
  Endpoint Own() override { return Loopback(4); }
  std::unique_ptr<Peer> TakeDialled() override { return Wrap(backend_.TakeDialled()); }
  void ExhaustDescriptors() override { backend_.FailAccepts(ErrorCode::kProcessFileLimit); }
  void RestoreDescriptors() override { backend_.FailAccepts(ErrorCode::kOk); }
  void KeepBuffersSmall() override { backend_.set_stream_capacity(4096); }

  Handle OpenDatagrams(Family family, const Endpoint& peer, Endpoint& local) override {
    local = NextEndpoint(family);
    return OpenDatagramsAt(local, peer);
  }

  Handle OpenDatagramsEverywhere(Family family, Endpoint& local) override {
    local = {.port = next_port_++, .family = family};
    return OpenDatagramsAt(local, {});
  }

  Handle OpenScarceDatagrams(std::unique_ptr<DatagramPeer>& peer) override {
    const Endpoint at = NextEndpoint(Family::kIPv4);
    std::shared_ptr<FakeDatagrams> datagrams;
    const Handle handle = backend_.OpenDatagrams(datagrams, NextEndpoint(Family::kIPv4), at);
    datagrams->LimitRoom(FakeDatagramPeer::kScarceRoom);
    post_.Add(datagrams);
    peer = std::make_unique<FakeDatagramPeer>(post_, at, datagrams);
    return handle;
  }

  std::unique_ptr<DatagramPeer> OpenDatagramPeer(Family family) override {
    return std::make_unique<FakeDatagramPeer>(post_, NextEndpoint(family));
  }

  Endpoint Deserted() override { return Loopback(5); }
  std::unique_ptr<DatagramPeer> Populate(const Endpoint& deserted) override {
    return std::make_unique<FakeDatagramPeer>(post_, deserted);
  }

  std::vector<std::string> violations() const override { return backend_.violations(); }

 private:
  static std::unique_ptr<Peer> Wrap(std::unique_ptr<FakePeer> peer) {
    return peer == nullptr ? nullptr : std::make_unique<FakeWorldPeer>(std::move(peer));
  }

  Handle OpenDatagramsAt(const Endpoint& local, const Endpoint& peer) {
    std::shared_ptr<FakeDatagrams> datagrams;
    const Handle handle = backend_.OpenDatagrams(datagrams, local, peer);
    post_.Add(datagrams);
    post_.Refuse(Deserted(), true);
    return handle;
  }

  Endpoint NextEndpoint(Family family) {
    Endpoint endpoint = Loopback(next_port_++);
    if (family == Family::kIPv6) {
      endpoint.address = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
      endpoint.family = family;
    }
    return endpoint;
  }

  FakeBackend backend_;
  Post post_;
  std::uint16_t next_port_ = 100;
};

}  // namespace

std::unique_ptr<World> MakeFakeReadinessWorld() {
  return std::make_unique<FakeWorld>(FakeStyle::kReadiness);
}

std::unique_ptr<World> MakeFakeCompletionWorld() {
  return std::make_unique<FakeWorld>(FakeStyle::kCompletion);
}

}  // namespace hp::sys
