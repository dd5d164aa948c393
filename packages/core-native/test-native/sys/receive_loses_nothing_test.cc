// SPDX-License-Identifier: Apache-2.0
#include "backend_fixture.h"

namespace hp::sys {
namespace {

HP_BACKEND_SUITE(Receiving);

TEST_P(Receiving, AnnouncesASingleByte) {
  Pair pair = Accepted();
  ExpectQuiet(5);
  pair.peer->Send("x");
  EXPECT_EQ(ReceiveBytes(pair.socket, 1), "x");
  EXPECT_FALSE(last.more);
  CloseAndWait(pair.socket);
}

TEST_P(Receiving, AnnouncesWhatWasThereBeforeAttaching) {
  Socket listener = Listen(1);
  const auto peer = Dial();
  peer->Send("early");
  const auto accepted = Await(Kind::kAccepted, listener.token);
  ASSERT_TRUE(accepted);
  Socket socket = Attach(accepted->handle);
  EXPECT_EQ(ReceiveBytes(socket, 5), "early");
  CloseAndWait(socket);
  CloseAndWait(listener);
}

TEST_P(Receiving, AnnouncesAgainAfterEachAnswerWithoutMore) {
  Pair pair = Accepted();
  for (const std::string_view word : {"one", "two", "three"}) {
    pair.peer->Send(word);
    EXPECT_EQ(ReceiveBytes(pair.socket, word.size()), word);
    EXPECT_FALSE(last.more);
  }
  CloseAndWait(pair.socket);
}

TEST_P(Receiving, ExactlyFilledMemoryAsksForOneMoreAnswer) {
  Pair pair = Accepted();
  const std::string bytes = Pattern(100);
  pair.peer->Send(bytes);
  ASSERT_TRUE(Await(Kind::kReadable, pair.socket.token));
  EXPECT_EQ(ReceiveAll(pair.socket, bytes.size()), bytes);
  EXPECT_EQ(last.bytes, 0U);
  EXPECT_FALSE(last.end);
  EXPECT_EQ(last.error, ErrorCode::kOk);
  pair.peer->Send("next");
  EXPECT_EQ(ReceiveBytes(pair.socket, 4), "next");
  CloseAndWait(pair.socket);
}

TEST_P(Receiving, SmallMemoryGetsEverythingPieceByPiece) {
  Pair pair = Accepted();
  const std::string bytes = Pattern(10'000);
  ASSERT_EQ(pair.peer->Send(bytes), bytes.size());
  std::string received;
  while (received.size() < bytes.size()) {
    ASSERT_TRUE(Await(Kind::kReadable, pair.socket.token));
    received += ReceiveAll(pair.socket, 7);
  }
  EXPECT_EQ(received, bytes);
  CloseAndWait(pair.socket);
}

TEST_P(Receiving, TakesUpWhereItWasLeft) {
  Pair pair = Accepted();
  pair.peer->Send("abcdef");
  ASSERT_TRUE(Await(Kind::kReadable, pair.socket.token));
  std::array<std::byte, 3> memory;
  const ReceiveResult first = backend.Receive(pair.socket, memory);
  EXPECT_EQ(first.bytes, 3U);
  ASSERT_TRUE(first.more);
  // Other things happen; the rest is there without being announced again.
  Pair other = Accepted();
  CollectFor(10);
  EXPECT_EQ(ReceiveAll(pair.socket), "def");
  CloseAndWait(other.socket);
  CloseAndWait(pair.socket);
}

TEST_P(Receiving, KeepsManyStreamsApart) {
  std::array<Pair, 30> pairs;
  for (Pair& pair : pairs) pair = Accepted();
  const auto text = [](std::size_t i) { return "stream " + std::to_string(i); };
  for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i].peer->Send(text(i));
  for (std::size_t i = pairs.size(); i-- > 0;) {
    EXPECT_EQ(ReceiveBytes(pairs[i].socket, text(i).size()), text(i));
  }
  for (Pair& pair : pairs) CloseAndWait(pair.socket);
}

TEST_P(Receiving, CarriesAMegabyteInOrder) {
  Pair pair = Accepted();
  const std::string bytes = Pattern(1 << 20);
  std::string received;
  std::string_view rest = bytes;
  while (received.size() < bytes.size()) {
    rest.remove_prefix(pair.peer->Send(rest));
    ASSERT_TRUE(Await(Kind::kReadable, pair.socket.token));
    received += ReceiveAll(pair.socket, 4096);
  }
  EXPECT_EQ(received, bytes);
  CloseAndWait(pair.socket);
}

}  // namespace
}  // namespace hp::sys
