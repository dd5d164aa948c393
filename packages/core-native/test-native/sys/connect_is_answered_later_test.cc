// SPDX-License-Identifier: Apache-2.0
#include "backend_fixture.h"

namespace hp::sys {
namespace {

HP_BACKEND_SUITE(ConnectAnswer);

TEST_P(ConnectAnswer, SuccessMakesAStreamThatCarriesBytesBothWays) {
  Pair pair = Dialled();
  ASSERT_NE(pair.peer, nullptr);
  EXPECT_EQ(Send(pair.socket, "ping").bytes, 4U);
  EXPECT_EQ(PeerReceives(*pair.peer, 4), "ping");
  pair.peer->Send("pong");
  EXPECT_EQ(ReceiveBytes(pair.socket, 4), "pong");
  CloseAndWait(pair.socket);
}

TEST_P(ConnectAnswer, BytesThatWereFasterThanFinishConnectAreTold) {
  Socket socket{.token = NextToken()};
  Connect(socket, world->Answering());
  ASSERT_TRUE(Await(Kind::kConnected, socket.token));
  const auto peer = world->TakeDialled();
  ASSERT_NE(peer, nullptr);
  peer->Send("early");
  peer->FinishSending();
  ExpectQuiet(5);
  ASSERT_EQ(backend.FinishConnect(socket), ErrorCode::kOk);
  EXPECT_EQ(ReceiveBytes(socket, 6), "early");
  EXPECT_TRUE(last.end);
  CloseAndWait(socket);
}

TEST_P(ConnectAnswer, RefusalIsToldOnceAndLater) {
  Socket socket{.token = NextToken()};
  Connect(socket, world->Refusing());
  const auto connected = Await(Kind::kConnected, socket.token);
  ASSERT_TRUE(connected);
  const ErrorCode error =
      connected->error != ErrorCode::kOk ? connected->error : backend.FinishConnect(socket);
  EXPECT_EQ(error, ErrorCode::kConnectionRefused);
  CloseAndWait(socket);
  ExpectQuiet();
}

TEST_P(ConnectAnswer, DoesNotComeWhileTheNetworkIsSilent) {
  Socket socket{.token = NextToken()};
  Connect(socket, world->Silent());
  EXPECT_TRUE(socket.open());
  ExpectQuiet();
  CloseAndWait(socket);
  ExpectQuiet();
}

TEST_P(ConnectAnswer, IsNotToldAfterClosing) {
  Socket socket{.token = NextToken()};
  Connect(socket, world->Refusing());
  const Token token = socket.token;
  CloseAndWait(socket);
  for (const Completion& each : CollectFor(20)) {
    EXPECT_TRUE(each.token == token && each.kind == Kind::kConnected) << "something else";
    EXPECT_NE(each.error, ErrorCode::kOk);
  }
  ExpectQuiet();
}

TEST_P(ConnectAnswer, AFailedSocketMayConnectAgainUnderANewToken) {
  Socket socket{.token = NextToken()};
  Connect(socket, world->Silent());
  ExpectQuiet(5);
  // Without waiting for kClosed.
  backend.Close(socket, false);
  socket.token = NextToken();
  Connect(socket, world->Answering());
  const auto connected = Await(Kind::kConnected, socket.token);
  ASSERT_TRUE(connected);
  EXPECT_EQ(connected->error, ErrorCode::kOk);
  EXPECT_EQ(backend.FinishConnect(socket), ErrorCode::kOk);
  EXPECT_EQ(Send(socket, "x").bytes, 1U);
  const auto peer = world->TakeDialled();
  EXPECT_EQ(PeerReceives(*peer, 1), "x");
  CloseAndWait(socket);
}

TEST_P(ConnectAnswer, ASocketThatReachedItselfIsRefused) {
  const Endpoint own = world->Own();
  Socket socket{.token = NextToken()};
  Connect(socket, own, own);
  const auto connected = Await(Kind::kConnected, socket.token);
  ASSERT_TRUE(connected);
  ASSERT_EQ(connected->error, ErrorCode::kOk);
  EXPECT_EQ(backend.FinishConnect(socket), ErrorCode::kSelfConnect);
  CloseAndWait(socket);
}

TEST_P(ConnectAnswer, ManyAtATimeAreAllTold) {
  std::array<Socket, 40> sockets;
  const Endpoint answering = world->Answering();
  const Endpoint refusing = world->Refusing();
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    sockets[i].token = NextToken();
    Connect(sockets[i], i % 2 == 0 ? answering : refusing);
  }
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    const auto connected = Await(Kind::kConnected, sockets[i].token);
    ASSERT_TRUE(connected);
    const ErrorCode error =
        connected->error != ErrorCode::kOk ? connected->error : backend.FinishConnect(sockets[i]);
    EXPECT_EQ(error == ErrorCode::kOk, i % 2 == 0);
    CloseAndWait(sockets[i]);
  }
}

}  // namespace
}  // namespace hp::sys
