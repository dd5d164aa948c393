// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "socket_world.h"
#include "sys/windows/iocp_backend.h"

namespace hp::sys {
namespace {

// Windows has no limit that a process could set itself: the shortage is made.
class ShortBackend final : public IocpBackend {
 public:
  bool short_of_sockets = false;
  bool short_of_room = false;

 protected:
  ErrorCode FinishAccept(SOCKET listener, SOCKET accepted, const SocketOptions& options) override {
    if (short_of_sockets) return ErrorCode::kProcessFileLimit;
    return IocpBackend::FinishAccept(listener, accepted, options);
  }
  ErrorCode SendDatagram(SOCKET socket, const OutgoingDatagram& datagram) override {
    if (short_of_room && ++sent_ % 6 == 0) return ErrorCode::kTryAgain;
    return IocpBackend::SendDatagram(socket, datagram);
  }

 private:
  std::size_t sent_ = 0;
};

class IocpWorld final : public SocketWorld {
 public:
  IocpWorld() {
    if (!backend_.Open()) std::abort();
  }

  Backend& backend() override { return backend_; }
  void ExhaustDescriptors() override { backend_.short_of_sockets = true; }
  void RestoreDescriptors() override { backend_.short_of_sockets = false; }
  // Loopback always has room.
  Handle OpenScarceDatagrams(std::unique_ptr<DatagramPeer>& peer) override {
    backend_.short_of_room = true;
    peer = OpenDatagramPeer(Family::kIPv4);
    Endpoint local;
    return OpenDatagrams(Family::kIPv4, peer->local(), local);
  }
  // Wine tells a reset to the receive that is under way as it comes, and shows an end to later
  // ones.
  bool RemembersResets() const override { return !IsWine(); }
  bool ReportsRefusals() const override { return !IsWine(); }
  bool TellsLocal() const override { return false; }

 private:
  static bool IsWine() {
    return GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version") != nullptr;
  }

  ShortBackend backend_;
};

}  // namespace

NamedWorld SystemWorld() {
  return {"Iocp", []() -> std::unique_ptr<World> { return std::make_unique<IocpWorld>(); }};
}

}  // namespace hp::sys
