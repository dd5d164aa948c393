// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backend_fixture.h"

namespace hp::sys {

// The base of the conformance suite's part about datagrams.
class DatagramTest : public BackendTest {
 protected:
  static constexpr std::uint32_t kMaxBytes = 2048;  // of one datagram
  static constexpr std::uint32_t kPosted = 4;

  // A datagram socket of the backend's, and where it is.
  struct Bound {
    Socket socket;
    Endpoint at;
  };

  // A datagram that was received.
  struct Arrival {
    Endpoint peer;
    std::string bytes;
    bool cut = false;
    Endpoint local;
  };

  // Bound, and connected where there is a peer.
  Bound Open(const Endpoint& peer = {}, Family family = Family::kIPv4,
             std::uint32_t max_bytes = kMaxBytes);
  Socket AttachDatagrams(Handle handle, std::uint32_t max_bytes = kMaxBytes,
                         bool tells_local = false);
  std::unique_ptr<DatagramPeer> MakePeer(Family family = Family::kIPv4) {
    return world->OpenDatagramPeer(family);
  }

  // One call, with memory for so many datagrams, each of `max_bytes`.
  std::vector<Arrival> ReceiveOnce(Socket& socket, std::size_t places,
                                   std::uint32_t max_bytes = kMaxBytes);
  // Calls until there is no more, which answers every kReadable told until then.
  std::vector<Arrival> ReceiveAll(Socket& socket, std::size_t places = 16,
                                  std::uint32_t max_bytes = kMaxBytes);
  // Awaits kReadable, and receives, until `count` datagrams have come.
  std::vector<Arrival> Receive(Socket& socket, std::size_t count, std::size_t places = 16,
                               std::uint32_t max_bytes = kMaxBytes);
  // What the peer has received when that is `count` datagrams, or patience ends.
  std::vector<Datagram> PeerReceives(DatagramPeer& peer, std::size_t count);

  // Sends all, as a caller has to; errors are left out and noted in `errors`.
  // `reader`: who makes room by receiving, into `read`.
  void SendAll(Socket& socket, std::span<const OutgoingDatagram> datagrams,
               DatagramPeer* reader = nullptr, std::vector<Datagram>* read = nullptr);
  void SendOne(Socket& socket, std::string_view bytes, const Endpoint* peer);

  DatagramReceiveResult last_receive;  // of ReceiveOnce()
  std::vector<ErrorCode> errors;       // that were told, by whichever call
};

// The bytes alone.
template <typename Datagrams>
std::vector<std::string> BytesOf(const Datagrams& datagrams) {
  std::vector<std::string> bytes;
  for (const auto& each : datagrams) bytes.push_back(each.bytes);
  return bytes;
}

// Names for bytes that stay where they are.
inline std::vector<OutgoingDatagram> To(const Endpoint* peer,
                                        const std::vector<std::string>& bytes) {
  std::vector<OutgoingDatagram> datagrams;
  for (const std::string& each : bytes) datagrams.push_back({AsBytes(each), peer});
  return datagrams;
}

// Numbered datagrams that differ from each other in every stretch.
std::vector<std::string> Numbered(std::size_t count, std::size_t bytes);

}  // namespace hp::sys

// As HP_BACKEND_SUITE.
#define HP_DATAGRAM_SUITE(Name)        \
  class Name : public DatagramTest {}; \
  INSTANTIATE_TEST_SUITE_P(Backends, Name, ::testing::ValuesIn(AllWorlds()), NameOf)
