// SPDX-License-Identifier: Apache-2.0
#include "backend_fixture.h"

namespace hp::sys {
namespace {

HP_BACKEND_SUITE(Resets);

TEST_P(Resets, OfAnIdlePeerEndReceivingWithAnError) {
  Pair pair = Accepted();
  pair.peer->Reset();
  EXPECT_EQ(ReceiveBytes(pair.socket, 1), "");
  EXPECT_EQ(last.error, ErrorCode::kConnectionReset);
  CloseAndWait(pair.socket);
  ExpectQuiet();
}

TEST_P(Resets, LeaveAtMostWhatHadArrived) {
  if (!world->RemembersResets()) GTEST_SKIP() << "Wine shows an end after a reset";
  Pair pair = Accepted();
  pair.peer->Send("arrived");
  pair.peer->Reset();
  const std::string received = ReceiveBytes(pair.socket, 8);
  EXPECT_TRUE(received == "arrived" || received.empty()) << received;
  EXPECT_EQ(last.error, ErrorCode::kConnectionReset);
  CloseAndWait(pair.socket);
}

TEST_P(Resets, AreFoundByASendToo) {
  Pair pair = Accepted();
  pair.peer->Reset();
  ASSERT_TRUE(Await(Kind::kReadable, pair.socket.token));
  const SendResult result = Send(pair.socket, "x");
  EXPECT_TRUE(result.error == ErrorCode::kConnectionReset ||
              result.error == ErrorCode::kBrokenPipe);
  EXPECT_EQ(result.bytes, 0U);
  EXPECT_FALSE(result.pending);
  CloseAndWait(pair.socket);
}

TEST_P(Resets, EndAPendingSend) {
  world->KeepBuffersSmall();
  Pair pair = Accepted();
  const std::string bytes = Pattern(4 << 20);
  SendResult result = Send(pair.socket, bytes, SendMemory::kStable);
  ASSERT_TRUE(result.pending);
  pair.peer->Reset();
  ErrorCode error = ErrorCode::kOk;
  while (error == ErrorCode::kOk) {
    const auto sent = Await(Kind::kSent, pair.socket.token);
    ASSERT_TRUE(sent);
    error = sent->error;
    if (error != ErrorCode::kOk) break;
    result = Send(pair.socket, bytes, SendMemory::kStable);
    error = result.error;
  }
  EXPECT_TRUE(error == ErrorCode::kConnectionReset || error == ErrorCode::kBrokenPipe);
  CloseAndWait(pair.socket);
}

TEST_P(Resets, AnswerBytesForAPeerThatIsGone) {
  Pair pair = Accepted();
  pair.peer->Close();
  ASSERT_TRUE(Await(Kind::kReadable, pair.socket.token));
  ReceiveAll(pair.socket);
  EXPECT_TRUE(last.end);
  ErrorCode error = ErrorCode::kOk;
  for (int i = 0; i < 100 && error == ErrorCode::kOk; ++i) {
    error = Send(pair.socket, "x").error;
    CollectFor(1);
  }
  EXPECT_TRUE(error == ErrorCode::kConnectionReset || error == ErrorCode::kBrokenPipe);
  CloseAndWait(pair.socket);
}

}  // namespace
}  // namespace hp::sys
