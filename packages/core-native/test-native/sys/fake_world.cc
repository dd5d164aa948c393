// SPDX-License-Identifier: Apache-2.0
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
  std::vector<std::string> violations() const override { return backend_.violations(); }

 private:
  static std::unique_ptr<Peer> Wrap(std::unique_ptr<FakePeer> peer) {
    return peer == nullptr ? nullptr : std::make_unique<FakeWorldPeer>(std::move(peer));
  }

  FakeBackend backend_;
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
