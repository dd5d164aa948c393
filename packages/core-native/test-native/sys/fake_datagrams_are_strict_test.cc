// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>

#include "error_code_text.h"
#include "sys/fake/fake_backend.h"

namespace hp::sys {
namespace {

constexpr Endpoint kHere{.address = {127, 0, 0, 1}, .port = 1, .family = Family::kIPv4};
constexpr Endpoint kThere{.address = {127, 0, 0, 1}, .port = 2, .family = Family::kIPv4};

class FakeDatagramSocket : public ::testing::TestWithParam<FakeStyle> {
 protected:
  FakeDatagramSocket() : backend(GetParam()) {
    socket.handle = backend.OpenDatagrams(wire, kHere);
    EXPECT_EQ(backend.AttachDatagrams(socket, {.max_bytes = 100, .posted = 2}), ErrorCode::kOk);
  }

  // What the next Wait() tells, in the order of the kinds.
  std::vector<Completion::Kind> Told() {
    std::array<Completion, 8> completions;
    std::vector<Completion::Kind> kinds;
    for (std::size_t i = 0, count = backend.Wait(completions, 0); i < count; ++i) {
      kinds.push_back(completions[i].kind);
    }
    return kinds;
  }
  DatagramReceiveResult Receive(std::size_t bytes) {
    std::vector<std::byte> memory(bytes);
    IncomingDatagram datagram{.memory = memory};
    return backend.ReceiveDatagrams(socket, {&datagram, 1});
  }
  DatagramSendResult Send(std::size_t count, const Endpoint* peer = &kThere) {
    const std::array<std::byte, 10> bytes{};
    const std::vector<OutgoingDatagram> datagrams(count, {bytes, peer});
    return backend.SendDatagrams(socket, datagrams);
  }

  FakeBackend backend;
  std::shared_ptr<FakeDatagrams> wire;
  Socket socket{.token = 7};
};
INSTANTIATE_TEST_SUITE_P(Styles, FakeDatagramSocket,
                         ::testing::Values(FakeStyle::kReadiness, FakeStyle::kCompletion),
                         [](const auto& info) {
                           return info.param == FakeStyle::kReadiness ? "Readiness" : "Completion";
                         });

using enum Completion::Kind;

TEST_P(FakeDatagramSocket, IsReceivedFromAfterAnAnnouncementOnly) {
  wire->Deliver(kThere, "bytes");
  EXPECT_EQ(Told(), std::vector{kReadable});
  for (DatagramReceiveResult result{.more = true}; result.more;) result = Receive(100);
  EXPECT_TRUE(backend.violations().empty());
  Receive(100);
  EXPECT_EQ(backend.violations().size(), 1U);
}

TEST_P(FakeDatagramSocket, WantsMemoryForTheLongestWhereReceivesArePosted) {
  wire->Deliver(kThere, "bytes");
  Told();
  Receive(99);
  EXPECT_EQ(backend.violations().size(), GetParam() == FakeStyle::kCompletion ? 1U : 0U);
}

TEST_P(FakeDatagramSocket, TellsThatThereIsRoomAgain) {
  wire->LimitRoom(3);
  const DatagramSendResult result = Send(10);
  EXPECT_TRUE(result.pending);
  // A completion keeps a copy of one more.
  EXPECT_EQ(result.count, GetParam() == FakeStyle::kCompletion ? 4U : 3U);
  EXPECT_TRUE(Told().empty());
  Send(1);
  EXPECT_EQ(backend.violations().size(), 1U);
  wire->LimitRoom(100);
  EXPECT_EQ(Told(), std::vector{kSent});
  EXPECT_EQ(wire->TakeSent().size(), result.count);
  EXPECT_EQ(Send(6).count, 6U);
}

TEST_P(FakeDatagramSocket, FailsToSendTheOneItIsToldOf) {
  wire->FailNextSend(ErrorCode::kNotPermitted, 2);
  DatagramSendResult result = Send(5);
  EXPECT_EQ(result.count, 2U);
  EXPECT_EQ(result.error, ErrorCode::kNotPermitted);
  result = Send(2);
  EXPECT_EQ(result.count, 2U);
  EXPECT_EQ(result.error, ErrorCode::kOk);
}

TEST_P(FakeDatagramSocket, IsToldOfAnErrorOnce) {
  wire->Deliver(kThere, "bytes");
  wire->Fail(ErrorCode::kConnectionRefused);
  EXPECT_EQ(Told(), std::vector{kReadable});
  const DatagramReceiveResult result = Receive(100);
  EXPECT_EQ(result.error, ErrorCode::kConnectionRefused);
  EXPECT_TRUE(result.more);
  EXPECT_EQ(Receive(100).count, 1U);
}

TEST_P(FakeDatagramSocket, IsAddressedAsItIsConnected) {
  Send(1, nullptr);
  EXPECT_EQ(backend.violations().size(), 1U);
  EXPECT_TRUE(wire->TakeSent().empty());
}

}  // namespace
}  // namespace hp::sys
