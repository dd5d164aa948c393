// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "backend_fixture.h"

namespace hp::sys {
namespace {

HP_BACKEND_SUITE(OutOfDescriptors);

TEST_P(OutOfDescriptors, APeerIsRefusedAndTheErrorTold) {
  Socket listener = Listen(1);
  const auto peer = Dial();
  world->ExhaustDescriptors();
  const auto accepted = Await(Kind::kAccepted, listener.token);
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->error, ErrorCode::kProcessFileLimit);
  EXPECT_EQ(accepted->handle, kNoHandle);
  EXPECT_EQ(PeerReceives(*peer, 0), "");
  EXPECT_TRUE(peer->ended() || peer->was_reset());
  world->RestoreDescriptors();
  CloseAndWait(listener);
}

TEST_P(OutOfDescriptors, WaitingPeersCostNothingOnceTheAcceptsAreUsedUp) {
  constexpr std::size_t kAccepts = 4;
  Socket listener = Listen(kAccepts);
  std::vector<std::unique_ptr<Peer>> peers;
  for (int i = 0; i < 8; ++i) peers.push_back(Dial());
  world->ExhaustDescriptors();
  const std::vector<Completion> failed = CollectFor(30);
  EXPECT_EQ(failed.size(), kAccepts);
  for (const Completion& each : failed) EXPECT_EQ(each.error, ErrorCode::kProcessFileLimit);
  ExpectQuiet(50);
  world->RestoreDescriptors();
  ExpectQuiet();
  CloseAndWait(listener);
}

TEST_P(OutOfDescriptors, AcceptsPostedLaterServeThoseWhoStillWait) {
  Socket listener = Listen(2);
  std::vector<std::unique_ptr<Peer>> peers;
  for (int i = 0; i < 5; ++i) peers.push_back(Dial());
  world->ExhaustDescriptors();
  EXPECT_EQ(CollectFor(30).size(), 2U);
  world->RestoreDescriptors();
  backend.PostAccepts(listener, 10);
  const std::vector<Completion> accepted = CollectFor(30);
  EXPECT_EQ(accepted.size(), 3U);
  for (const Completion& each : accepted) {
    EXPECT_EQ(each.error, ErrorCode::kOk);
    backend.Discard(each.handle);
  }
  CloseAndWait(listener);
}

TEST_P(OutOfDescriptors, ALongShortageEndsAndServiceGoesOn) {
  Socket listener = Listen(1);
  auto refused = Dial();
  world->ExhaustDescriptors();
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(Await(Kind::kAccepted, listener.token));
    if (i == 19) break;
    backend.PostAccepts(listener, 1);
    world->RestoreDescriptors();
    refused = Dial();
    world->ExhaustDescriptors();
  }
  world->RestoreDescriptors();
  backend.PostAccepts(listener, 1);
  const auto served = Dial();
  const auto accepted = Await(Kind::kAccepted, listener.token);
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->error, ErrorCode::kOk);
  Socket socket = Attach(accepted->handle);
  served->Send("served");
  EXPECT_EQ(ReceiveBytes(socket, 6), "served");
  CloseAndWait(socket);
  CloseAndWait(listener);
}

}  // namespace
}  // namespace hp::sys
