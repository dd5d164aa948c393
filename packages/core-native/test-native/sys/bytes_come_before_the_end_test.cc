// SPDX-License-Identifier: Apache-2.0
#include "backend_fixture.h"

namespace hp::sys {
namespace {

HP_BACKEND_SUITE(EndOfStream);

TEST_P(EndOfStream, IsToldBehindWhatWasSentBefore) {
  Pair pair = Accepted();
  const std::string bytes = Pattern(30'000);
  ASSERT_EQ(pair.peer->Send(bytes), bytes.size());
  pair.peer->FinishSending();
  EXPECT_EQ(ReceiveBytes(pair.socket, bytes.size() + 1), bytes);
  EXPECT_TRUE(last.end);
  CloseAndWait(pair.socket);
}

TEST_P(EndOfStream, IsToldWhenThePeerClosesToo) {
  Pair pair = Accepted();
  const std::string bytes = Pattern(30'000);
  ASSERT_EQ(pair.peer->Send(bytes), bytes.size());
  pair.peer->Close();
  EXPECT_EQ(ReceiveBytes(pair.socket, bytes.size() + 1), bytes);
  EXPECT_TRUE(last.end);
  CloseAndWait(pair.socket);
}

TEST_P(EndOfStream, IsToldWithoutAnyBytes) {
  Pair pair = Dialled();
  pair.peer->FinishSending();
  EXPECT_EQ(ReceiveBytes(pair.socket, 1), "");
  EXPECT_TRUE(last.end);
  CloseAndWait(pair.socket);
}

TEST_P(EndOfStream, IsToldWhenItComesAfterTheBytesWereReceived) {
  Pair pair = Accepted();
  pair.peer->Send("bytes");
  EXPECT_EQ(ReceiveBytes(pair.socket, 5), "bytes");
  pair.peer->FinishSending();
  EXPECT_EQ(ReceiveBytes(pair.socket, 1), "");
  EXPECT_TRUE(last.end);
  CloseAndWait(pair.socket);
}

TEST_P(EndOfStream, IsFoundWhenItComesBetweenAnnouncementAndReceiving) {
  Pair pair = Accepted();
  pair.peer->Send("bytes");
  ASSERT_TRUE(Await(Kind::kReadable, pair.socket.token));
  pair.peer->FinishSending();
  std::string received = ReceiveAll(pair.socket);
  if (!last.end) received += ReceiveBytes(pair.socket, 1);
  EXPECT_EQ(received, "bytes");
  EXPECT_TRUE(last.end);
  CloseAndWait(pair.socket);
}

TEST_P(EndOfStream, LeavesSendingOpen) {
  Pair pair = Accepted();
  pair.peer->Send("question");
  pair.peer->FinishSending();
  EXPECT_EQ(ReceiveBytes(pair.socket, 9), "question");
  ASSERT_TRUE(last.end);
  std::string received;
  SendAll(pair.socket, "the answer", *pair.peer, received);
  EXPECT_EQ(received + PeerReceives(*pair.peer, 10 - received.size()), "the answer");
  backend.FinishSending(pair.socket);
  PeerReceives(*pair.peer, 0);
  EXPECT_TRUE(pair.peer->ended());
  CloseAndWait(pair.socket);
}

TEST_P(EndOfStream, SentFromHereLeavesReceivingOpen) {
  Pair pair = Accepted();
  EXPECT_EQ(Send(pair.socket, "question").bytes, 8U);
  backend.FinishSending(pair.socket);
  EXPECT_EQ(PeerReceives(*pair.peer, 0), "question");
  EXPECT_TRUE(pair.peer->ended());
  pair.peer->Send("the answer");
  pair.peer->FinishSending();
  EXPECT_EQ(ReceiveBytes(pair.socket, 11), "the answer");
  EXPECT_TRUE(last.end);
  CloseAndWait(pair.socket);
}

}  // namespace
}  // namespace hp::sys
