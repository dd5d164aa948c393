// SPDX-License-Identifier: Apache-2.0
#include "datagram_fixture.h"

namespace hp::sys {
namespace {

HP_DATAGRAM_SUITE(RefusedDatagrams);

#define HP_NEEDS_REFUSALS() \
  if (!world->ReportsRefusals()) GTEST_SKIP() << "Wine does not report what UDP was refused"

TEST_P(RefusedDatagrams, AreToldOnceOfAConnectedSocket) {
  HP_NEEDS_REFUSALS();
  Bound bound = Open(world->Deserted());
  for (int round = 0; round < 3; ++round) {
    errors.clear();
    SendOne(bound.socket, "anybody there?", nullptr);
    ASSERT_TRUE(Await(Kind::kReadable, bound.socket.token));
    EXPECT_TRUE(ReceiveAll(bound.socket).empty());
    EXPECT_EQ(errors, std::vector{ErrorCode::kConnectionRefused});
    CollectFor(5);
    ExpectQuiet(5);
  }
  CloseAndWait(bound.socket);
}

TEST_P(RefusedDatagrams, MayBeToldByTheNextSend) {
  HP_NEEDS_REFUSALS();
  Bound bound = Open(world->Deserted());
  SendOne(bound.socket, "anybody there?", nullptr);
  SendOne(bound.socket, "or there?", nullptr);
  if (errors.empty()) {
    ASSERT_TRUE(Await(Kind::kReadable, bound.socket.token));
    ReceiveAll(bound.socket);
  }
  ASSERT_FALSE(errors.empty());
  EXPECT_LE(errors.size(), 2U);
  for (const ErrorCode each : errors) EXPECT_EQ(each, ErrorCode::kConnectionRefused);
  CloseAndWait(bound.socket);
}

TEST_P(RefusedDatagrams, DoNotEndAConnectedSocket) {
  HP_NEEDS_REFUSALS();
  const Endpoint deserted = world->Deserted();
  Bound bound = Open(deserted);
  SendOne(bound.socket, "anybody there?", nullptr);
  ASSERT_TRUE(Await(Kind::kReadable, bound.socket.token));
  ReceiveAll(bound.socket);
  CollectFor(5);
  const auto peer = world->Populate(deserted);
  SendOne(bound.socket, "now?", nullptr);
  EXPECT_EQ(BytesOf(PeerReceives(*peer, 1)), std::vector<std::string>{"now?"});
  peer->Send(bound.at, "yes");
  EXPECT_EQ(BytesOf(Receive(bound.socket, 1)), std::vector<std::string>{"yes"});
  EXPECT_EQ(errors.size(), 1U);
  CloseAndWait(bound.socket);
}

TEST_P(RefusedDatagrams, LoseNothingThatHasArrived) {
  HP_NEEDS_REFUSALS();
  const Endpoint deserted = world->Deserted();
  Bound bound = Open(deserted);
  {
    const auto peer = world->Populate(deserted);
    peer->Send(bound.at, "first");
    peer->Send(bound.at, "second");
  }
  SendOne(bound.socket, "still there?", nullptr);
  std::vector<std::string> received = BytesOf(Receive(bound.socket, 2));
  EXPECT_EQ(received, (std::vector<std::string>{"first", "second"}));
  if (errors.empty()) {
    ASSERT_TRUE(Await(Kind::kReadable, bound.socket.token));
    ReceiveAll(bound.socket);
  }
  EXPECT_EQ(errors, std::vector{ErrorCode::kConnectionRefused});
  CloseAndWait(bound.socket);
}

TEST_P(RefusedDatagrams, AreNotTheAffairOfASocketWithoutAPeer) {
  Bound bound = Open();
  const Endpoint deserted = world->Deserted();
  const auto peer = MakePeer();
  const Endpoint at = peer->local();
  for (int round = 0; round < 3; ++round) {
    SendOne(bound.socket, "anybody there?", &deserted);
    SendOne(bound.socket, "you are", &at);
    EXPECT_EQ(BytesOf(PeerReceives(*peer, 1)), std::vector<std::string>{"you are"});
    peer->Send(bound.at, "so are you");
    EXPECT_EQ(BytesOf(Receive(bound.socket, 1)), std::vector<std::string>{"so are you"});
  }
  EXPECT_TRUE(errors.empty());
  ExpectQuiet();
  CloseAndWait(bound.socket);
}

}  // namespace
}  // namespace hp::sys
