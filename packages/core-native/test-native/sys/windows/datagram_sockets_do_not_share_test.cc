// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "native_socket.h"
#include "open_socket.h"
#include "sys/datagram_socket.h"

namespace hp::sys {
namespace {

TEST(DatagramSocket, CannotShareItsPort) {
  OpenSocket socket;
  ASSERT_FALSE(OpenDatagram(Family::kIPv4, {}, socket.handle));
  EXPECT_TRUE(SharePort(socket.handle));
}

TEST(DatagramSocket, DoesNotKnowWhatItLost) {
  OpenSocket socket;
  ASSERT_FALSE(OpenDatagram(Family::kIPv4, {}, socket.handle));
  EXPECT_EQ(LostDatagrams(socket.handle), 0U);
}

}  // namespace
}  // namespace hp::sys
