// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <poll.h>

#include "open_socket.h"
#include "plain_calls.h"
#include "sys/datagram_socket.h"
#include "sys/linux/datagram_calls.h"

namespace hp::sys {
namespace {

class DatagramToMany : public ::testing::Test {
 protected:
  // Opens a socket that is bound to every address, and one of somebody who writes to it.
  void Open(Family family, const Endpoint& writer_at) {
    SocketOptions options;
    options.dual_stack = family == Family::kIPv6;
    ASSERT_FALSE(OpenDatagram(family, options, socket.handle));
    ASSERT_FALSE(Bind(socket.handle, {.family = family}));
    ASSERT_TRUE(AskForLocal(fd()));
    options = {};
    options.broadcast = true;
    ASSERT_FALSE(OpenDatagram(writer_at.family, options, writer.handle));
    ASSERT_FALSE(Bind(writer.handle, writer_at));
  }

  void Write(Endpoint to) {
    to.port = socket.Local().port;
    PlainSendTo(writer.handle, to, "anybody?");
    AwaitReadable(socket.handle);
    received.memory = memory;
    ASSERT_EQ(calls.Receive(fd(), {&received, 1}, true).count, 1U);
  }

  // Who answers the writer.
  Endpoint Answer(const Endpoint* local) {
    const OutgoingDatagram answer{
        .bytes = received.memory.first(received.bytes), .peer = &received.peer, .local = local};
    bool cuts = true;
    EXPECT_EQ(calls.Send(fd(), {&answer, 1}, cuts).count, 1U);
    AwaitReadable(writer.handle);
    const std::vector<Datagram> answers = PlainReceiveFrom(writer.handle);
    EXPECT_EQ(answers.size(), 1U);
    return answers.empty() ? Endpoint{} : answers[0].peer;
  }

  int fd() const { return static_cast<int>(socket.handle); }
  static void AwaitReadable(Handle handle) {
    pollfd asked{.fd = static_cast<int>(handle), .events = POLLIN, .revents = 0};
    ASSERT_EQ(poll(&asked, 1, 5000), 1);
  }

  OpenSocket socket;
  OpenSocket writer;
  DatagramCalls calls;
  std::array<std::byte, 100> memory{};
  IncomingDatagram received;
};

constexpr Endpoint kLoopback{.address = {127, 0, 0, 1}, .family = Family::kIPv4};
constexpr Endpoint kBroadcast{.address = {127, 255, 255, 255}, .family = Family::kIPv4};

TEST_F(DatagramToMany, ByBroadcastIsAnsweredFromAnAddressOfTheHost) {
  Open(Family::kIPv4, kLoopback);
  Write(kBroadcast);
  EXPECT_EQ(FormatAddress(received.local), "127.0.0.1");
  EXPECT_EQ(FormatAddress(Answer(&received.local)), "127.0.0.1");
}

TEST_F(DatagramToMany, ByBroadcastToASocketOfBothFamiliesIsAnsweredFromAnAddressOfTheHost) {
  Open(Family::kIPv6, kLoopback);
  Write(kBroadcast);
  EXPECT_EQ(FormatAddress(received.local), "127.0.0.1");
  EXPECT_EQ(FormatAddress(Answer(&received.local)), "127.0.0.1");
}

// What a socket is told in the control message of a datagram to `address`.
Endpoint ToldOf(const Endpoint& address) {
  ControlMemory memory;
  msghdr message{};
  AddLocal(message, memory, address);
  return LocalOf(message);
}

TEST(DatagramOfIPv6, ToAGroupLeavesTheChoiceToTheSystem) {
  EXPECT_EQ(ToldOf(ParseAddress("ff02::1%lo", 0).value()).family, Family::kNone);
}

TEST(DatagramOfIPv6, ToALinkLocalAddressNamesItsInterface) {
  const Endpoint link_local = ParseAddress("fe80::1%lo", 0).value();
  EXPECT_TRUE(ToldOf(link_local) == link_local);
  Endpoint global = ParseAddress("2001:db8::1", 0).value();
  EXPECT_TRUE(ToldOf(global) == global);
  // Answers may lead by another interface than the one it came by.
  global.scope = link_local.scope;
  EXPECT_EQ(ToldOf(global).scope, 0U);
}

}  // namespace
}  // namespace hp::sys
