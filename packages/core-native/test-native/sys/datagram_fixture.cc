// SPDX-License-Identifier: Apache-2.0
#include "datagram_fixture.h"

#include <iterator>

namespace hp::sys {

std::vector<std::string> Numbered(std::size_t count, std::size_t bytes) {
  const std::string pattern = Pattern(bytes + count);
  std::vector<std::string> datagrams;
  for (std::size_t i = 0; i < count; ++i) datagrams.push_back(pattern.substr(i, bytes));
  return datagrams;
}

Socket DatagramTest::AttachDatagrams(Handle handle, std::uint32_t max_bytes, bool tells_local) {
  Socket socket{.handle = handle, .token = NextToken()};
  const DatagramIntake intake{
      .max_bytes = max_bytes, .posted = kPosted, .tells_local = tells_local};
  EXPECT_EQ(backend.AttachDatagrams(socket, intake), ErrorCode::kOk);
  return socket;
}

DatagramTest::Bound DatagramTest::Open(const Endpoint& peer, Family family,
                                       std::uint32_t max_bytes) {
  Bound bound;
  bound.socket = AttachDatagrams(world->OpenDatagrams(family, peer, bound.at), max_bytes);
  return bound;
}

std::vector<DatagramTest::Arrival> DatagramTest::ReceiveOnce(Socket& socket, std::size_t places,
                                                             std::uint32_t max_bytes) {
  std::vector<std::byte> memory(places * max_bytes);
  std::vector<IncomingDatagram> datagrams(places);
  for (std::size_t i = 0; i < places; ++i) {
    datagrams[i].memory = std::span(memory).subspan(i * max_bytes, max_bytes);
    // Left over from another datagram.
    datagrams[i].local = {.address = {9, 9, 9, 9}, .family = Family::kIPv4};
  }
  last_receive = backend.ReceiveDatagrams(socket, datagrams);
  if (last_receive.error != ErrorCode::kOk) {
    EXPECT_TRUE(last_receive.more);
    EXPECT_EQ(last_receive.count, 0U);
    errors.push_back(last_receive.error);
  }
  std::vector<Arrival> arrivals;
  for (const IncomingDatagram& each : std::span(datagrams).first(last_receive.count)) {
    EXPECT_LE(each.bytes, each.memory.size());
    arrivals.push_back(
        {.peer = each.peer,
         .bytes = std::string(reinterpret_cast<const char*>(each.memory.data()), each.bytes),
         .cut = each.cut,
         .local = each.local});
  }
  return arrivals;
}

std::vector<DatagramTest::Arrival> DatagramTest::ReceiveAll(Socket& socket, std::size_t places,
                                                            std::uint32_t max_bytes) {
  std::vector<Arrival> arrivals;
  do {
    std::vector<Arrival> some = ReceiveOnce(socket, places, max_bytes);
    std::move(some.begin(), some.end(), std::back_inserter(arrivals));
  } while (last_receive.more);
  // What was told until now has been answered.
  while (TakeAside(Kind::kReadable, socket.token)) {
  }
  return arrivals;
}

std::vector<DatagramTest::Arrival> DatagramTest::Receive(Socket& socket, std::size_t count,
                                                         std::size_t places,
                                                         std::uint32_t max_bytes) {
  std::vector<Arrival> arrivals;
  while (arrivals.size() < count) {
    if (!Await(Kind::kReadable, socket.token)) break;
    std::vector<Arrival> some = ReceiveAll(socket, places, max_bytes);
    std::move(some.begin(), some.end(), std::back_inserter(arrivals));
  }
  return arrivals;
}

std::vector<Datagram> DatagramTest::PeerReceives(DatagramPeer& peer, std::size_t count) {
  std::vector<Datagram> datagrams = peer.Receive();
  const std::uint64_t deadline = backend.NowMs() + kPatienceMs;
  while (datagrams.size() < count && backend.NowMs() < deadline) {
    WaitOnce(backend.NowMs() + 1);
    std::vector<Datagram> some = peer.Receive();
    std::move(some.begin(), some.end(), std::back_inserter(datagrams));
  }
  return datagrams;
}

void DatagramTest::SendAll(Socket& socket, std::span<const OutgoingDatagram> datagrams,
                           DatagramPeer* reader, std::vector<Datagram>* read) {
  while (!datagrams.empty()) {
    const DatagramSendResult result = backend.SendDatagrams(socket, datagrams);
    ASSERT_LE(result.count, datagrams.size());
    datagrams = datagrams.subspan(result.count);
    if (result.error != ErrorCode::kOk) {
      ASSERT_FALSE(result.pending);
      ASSERT_FALSE(datagrams.empty());
      errors.push_back(result.error);
      datagrams = datagrams.subspan(1);
    } else if (result.pending) {
      if (reader != nullptr) {
        std::vector<Datagram> some = reader->Receive();
        std::move(some.begin(), some.end(), std::back_inserter(*read));
      }
      const auto sent = Await(Kind::kSent, socket.token);
      ASSERT_TRUE(sent);
      EXPECT_EQ(sent->bytes, 0U);
      EXPECT_EQ(sent->error, ErrorCode::kOk);
    }
  }
}

void DatagramTest::SendOne(Socket& socket, std::string_view bytes, const Endpoint* peer) {
  const OutgoingDatagram datagram{AsBytes(bytes), peer};
  SendAll(socket, {&datagram, 1});
}

}  // namespace hp::sys
