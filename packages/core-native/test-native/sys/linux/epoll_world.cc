// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cstdlib>

#include "socket_world.h"
#include "sys/linux/descriptor.h"
#include "sys/linux/epoll_backend.h"

namespace hp::sys {
namespace {

class EpollWorld final : public SocketWorld {
 public:
  EpollWorld() {
    if (!backend_.Open()) std::abort();
  }
  ~EpollWorld() override { RestoreDescriptors(); }

  Backend& backend() override { return backend_; }

  // Loopback always has room; this kind waits for the peer, as an interface would.
  Handle OpenScarceDatagrams(std::unique_ptr<DatagramPeer>& peer) override {
    std::array<int, 2> ends;
    if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0) {
      std::abort();
    }
    // The least there is.
    const int bytes = 1;
    setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
    peer = std::make_unique<SocketDatagramPeer>(OwnedSocket(ends[1]));
    return ends[0];
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

 private:
  EpollBackend backend_;
  std::vector<Descriptor> fillers_;
  rlim_t full_limit_ = 0;
};

}  // namespace

NamedWorld SystemWorld() {
  return {"Epoll", []() -> std::unique_ptr<World> { return std::make_unique<EpollWorld>(); }};
}

}  // namespace hp::sys
