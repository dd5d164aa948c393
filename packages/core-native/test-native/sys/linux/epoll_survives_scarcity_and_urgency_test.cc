// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "backend_fixture.h"
#include "sys/linux/descriptor.h"
#include "sys/linux/epoll_backend.h"
#include "sys/stream_socket.h"

namespace hp::sys {
namespace {

// What the conformance suite cannot ask of every system.
class EpollOnly : public BackendTest {};
INSTANTIATE_TEST_SUITE_P(Backends, EpollOnly, ::testing::Values(SystemWorld()), NameOf);

TEST_P(EpollOnly, WithoutDescriptorsAnEmptyQueueIsNoError) {
  Socket listener = Listen(5);
  const auto served = Dial();
  const auto accepted = Await(Kind::kAccepted, listener.token);
  ASSERT_TRUE(accepted);
  backend.Discard(accepted->handle);
  auto refused = Dial();
  world->ExhaustDescriptors();
  const std::vector<Completion> told = CollectFor(50);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].error, ErrorCode::kProcessFileLimit);
  world->RestoreDescriptors();
  // The accepts that were not needed are still posted.
  const auto next = Dial();
  const auto then = Await(Kind::kAccepted, listener.token);
  ASSERT_TRUE(then);
  EXPECT_EQ(then->error, ErrorCode::kOk);
  backend.Discard(then->handle);
  CloseAndWait(listener);
}

TEST_P(EpollOnly, OpensNothingWithoutDescriptors) {
  rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t full = limit.rlim_cur;
  limit.rlim_cur = 0;
  setrlimit(RLIMIT_NOFILE, &limit);
  std::unique_ptr<EpollBackend> second = std::make_unique<EpollBackend>();
  EXPECT_FALSE(second->Open());
  limit.rlim_cur = full;
  setrlimit(RLIMIT_NOFILE, &limit);
}

TEST_P(EpollOnly, AcceptedSocketsDoNotBlockAndAreNotInherited) {
  Socket listener = Listen(1);
  const auto peer = Dial();
  const auto accepted = Await(Kind::kAccepted, listener.token);
  ASSERT_TRUE(accepted);
  const int fd = static_cast<int>(accepted->handle);
  EXPECT_NE(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
  backend.Discard(accepted->handle);
  CloseAndWait(listener);
}

TEST_P(EpollOnly, UrgentDataDoesNotHoldUpWhatFollowsIt) {
  Socket listener = Listen(1);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(listening_at.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const Descriptor peer(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(connect(peer.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  const auto accepted = Await(Kind::kAccepted, listener.token);
  ASSERT_TRUE(accepted);
  Socket socket = Attach(accepted->handle);
  ASSERT_EQ(send(peer.get(), "before!", 7, MSG_OOB), 7);
  ASSERT_EQ(send(peer.get(), "behind", 6, 0), 6);
  EXPECT_EQ(ReceiveBytes(socket, 12), "beforebehind");
  CloseAndWait(socket);
  CloseAndWait(listener);
}

}  // namespace
}  // namespace hp::sys
