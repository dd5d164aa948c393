// SPDX-License-Identifier: Apache-2.0
#include "datagram_fixture.h"
#include "sys/windows/native_socket.h"

namespace hp::sys {
namespace {

class Handles : public DatagramTest {
 protected:
  static DWORD Held() {
    DWORD count = 0;
    GetProcessHandleCount(GetCurrentProcess(), &count);
    return count;
  }

  // Streams from both sides and a datagram socket, some of them closed in the middle of an
  // operation.
  void Round() {
    Pair accepted = Accepted();
    Pair dialled = Dialled();
    dialled.peer->Send("bytes");
    ReceiveBytes(dialled.socket, 5);
    Bound bound = Open();
    CloseAndWait(accepted.socket, true);
    CloseAndWait(dialled.socket);
    CloseAndWait(bound.socket);
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, Handles, ::testing::Values(SystemWorld()), NameOf);

TEST_P(Handles, ComeBackWithEachClose) {
  // The first one loads what stays.
  Round();
  const DWORD before = Held();
  for (int round = 0; round < 50; ++round) Round();
  // Peers close theirs when the system comes to it.
  EXPECT_LE(Held(), before + 5);
}

TEST_P(Handles, OfABackendGoWithIt) {
  const auto make = [] { SystemWorld().make(); };
  make();
  const DWORD before = Held();
  for (int round = 0; round < 50; ++round) make();
  EXPECT_LE(Held(), before + 5);
}

}  // namespace
}  // namespace hp::sys
