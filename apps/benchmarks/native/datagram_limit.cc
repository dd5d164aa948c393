// SPDX-License-Identifier: Apache-2.0
//
// The limit over UDP: what an echo costs when nothing stands between the kernel
// and the datagrams. One epoll loop on one socket; what has arrived goes back in
// batches, with one system call to receive each and one to send it.
//
//   datagram_limit [segmented]
//
// segmented: answers of one length to one peer leave as one message that the
// kernel cuts up.
#include <cstdio>
#include <exception>
#include <string_view>

#include <sys/epoll.h>

#include "datagram_batch.h"
#include "sockets.h"

namespace hp::bench {
namespace {

constexpr size_t kBatch = 64;
constexpr size_t kBufferSize = size_t{2} * 1024;

[[noreturn]] void Echo(const Fd& socket, bool is_segmented) {
  const Fd epoll(epoll_create1(EPOLL_CLOEXEC));
  epoll_event event{};
  event.events = EPOLLIN;
  if (epoll_ctl(epoll.get(), EPOLL_CTL_ADD, socket.get(), &event) < 0) ThrowErrno("epoll_ctl");
  DatagramBatch batch(kBatch, kBufferSize, DatagramBatch::Addresses::kKept);
  for (;;) {
    epoll_wait(epoll.get(), &event, 1, -1);
    while (const size_t count = batch.Receive(socket)) {
      if (is_segmented) {
        batch.SendSegmented(socket, count);
      } else {
        batch.Send(socket, count);
      }
    }
  }
}

}  // namespace
}  // namespace hp::bench

int main(int argc, char** argv) {
  try {
    const hp::bench::Fd socket = hp::bench::BindDatagram();
    std::printf("listening %u\n", hp::bench::LocalPort(socket));
    std::fflush(stdout);
    hp::bench::Echo(socket, argc > 1 && std::string_view(argv[1]) == "segmented");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "datagram_limit: %s\n", error.what());
    return 1;
  }
}
