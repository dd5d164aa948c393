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

 protected:
  ErrorCode FinishAccept(SOCKET listener, SOCKET accepted, const SocketOptions& options) override {
    if (short_of_sockets) return ErrorCode::kProcessFileLimit;
    return IocpBackend::FinishAccept(listener, accepted, options);
  }
};

class IocpWorld final : public SocketWorld {
 public:
  IocpWorld() {
    if (!backend_.Open()) std::abort();
  }

  Backend& backend() override { return backend_; }
  void ExhaustDescriptors() override { backend_.short_of_sockets = true; }
  void RestoreDescriptors() override { backend_.short_of_sockets = false; }
  // Wine tells a reset to the receive that is under way as it comes, and shows an end to later
  // ones.
  bool RemembersResets() const override {
    return GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version") == nullptr;
  }

 private:
  ShortBackend backend_;
};

}  // namespace

NamedWorld SystemWorld() {
  return {"Iocp", []() -> std::unique_ptr<World> { return std::make_unique<IocpWorld>(); }};
}

}  // namespace hp::sys
