// SPDX-License-Identifier: Apache-2.0
#include "backend_fixture.h"

namespace hp::sys {
namespace {

HP_BACKEND_SUITE(Paused);

TEST_P(Paused, BytesAreAnnouncedOnceAndKept) {
  Pair pair = Accepted();
  pair.peer->Send("kept");
  ASSERT_TRUE(Await(Kind::kReadable, pair.socket.token));
  ExpectQuiet(50);
  EXPECT_EQ(ReceiveAll(pair.socket), "kept");
  CloseAndWait(pair.socket);
}

TEST_P(Paused, AnEndIsRememberedBehindTheBytes) {
  Pair pair = Accepted();
  pair.peer->Send("kept");
  ASSERT_TRUE(Await(Kind::kReadable, pair.socket.token));
  pair.peer->Close();
  const std::vector<Completion> told = CollectFor(20);
  EXPECT_LE(told.size(), 1U);
  ExpectQuiet(50);
  EXPECT_EQ(ReceiveAll(pair.socket), "kept");
  if (told.empty() || !told[0].ended) {
    ASSERT_TRUE(Await(Kind::kReadable, pair.socket.token));
  }
  EXPECT_EQ(ReceiveAll(pair.socket), "");
  EXPECT_TRUE(last.end);
  CloseAndWait(pair.socket);
}

TEST_P(Paused, AResetCostsNoWakeUps) {
  if (!world->RemembersResets()) GTEST_SKIP() << "Wine shows an end after a reset";
  Pair pair = Accepted();
  pair.peer->Send("perhaps kept");
  ASSERT_TRUE(Await(Kind::kReadable, pair.socket.token));
  pair.peer->Reset();
  const std::vector<Completion> told = CollectFor(20);
  EXPECT_LE(told.size(), 2U);
  ExpectQuiet(50);
  const std::string received = ReceiveAll(pair.socket);
  EXPECT_TRUE(received == "perhaps kept" || received.empty());
  // A backend that told the reset tells nothing more; one that did not, does now.
  if (last.error == ErrorCode::kOk) {
    if (told.empty()) {
      ASSERT_TRUE(Await(Kind::kReadable, pair.socket.token));
    }
    EXPECT_EQ(ReceiveAll(pair.socket), "");
  }
  EXPECT_EQ(last.error, ErrorCode::kConnectionReset);
  CloseAndWait(pair.socket);
}

TEST_P(Paused, AResetIsFoundByAFailingSend) {
  Pair pair = Accepted();
  pair.peer->Send("x");
  ASSERT_TRUE(Await(Kind::kReadable, pair.socket.token));
  pair.peer->Reset();
  CollectFor(20);
  const SendResult result = Send(pair.socket, "y");
  EXPECT_TRUE(result.error == ErrorCode::kConnectionReset ||
              result.error == ErrorCode::kBrokenPipe);
  ExpectQuiet(50);
  CloseAndWait(pair.socket);
}

TEST_P(Paused, SendingGoesOn) {
  Pair pair = Accepted();
  pair.peer->Send("not looked at");
  ASSERT_TRUE(Await(Kind::kReadable, pair.socket.token));
  std::string received;
  const std::string bytes = Pattern(300'000);
  SendAll(pair.socket, bytes, *pair.peer, received);
  received += PeerReceives(*pair.peer, bytes.size() - received.size());
  EXPECT_TRUE(received == bytes);
  EXPECT_EQ(ReceiveAll(pair.socket), "not looked at");
  CloseAndWait(pair.socket);
}

TEST_P(Paused, APeerThatFillsTheBufferBecomesQuiet) {
  world->KeepBuffersSmall();
  Pair pair = Accepted();
  const std::string bytes = Pattern(1 << 20);
  std::string_view rest = bytes;
  for (int idle = 0; idle < 3;) {
    const std::size_t count = pair.peer->Send(rest.substr(0, 1000));
    rest.remove_prefix(count);
    idle = count == 0 ? idle + 1 : 0;
    CollectFor(2);
  }
  ASSERT_FALSE(rest.empty());
  // The last bytes find their way in one by one.
  EXPECT_LE(CollectFor(100).size(), 10U);
  const std::string received = ReceiveAll(pair.socket);
  EXPECT_EQ(received, bytes.substr(0, received.size()));
  EXPECT_FALSE(received.empty());
  CloseAndWait(pair.socket);
}

}  // namespace
}  // namespace hp::sys
