// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reactor_fixture.h"

namespace hp::net {

using DatagramSocket = std::shared_ptr<sys::FakeDatagrams>;
using Texts = std::vector<std::string>;

// What has left a socket since the last look, as "port of the peer:bytes".
Texts TakeSent(sys::FakeDatagrams& socket);

// A reactor that serves a datagram socket too; its peers are named by their ports.
class DatagramServer : public TestReactor {
 public:
  explicit DatagramServer(sys::FakeStyle style, const ComponentSettings& settings = {},
                          const Reactor::Limits& limits = {},
                          const sys::Endpoint& local = Loopback(1));

  void Deliver(std::uint16_t peer, std::string_view bytes) {
    socket->Deliver(Loopback(peer), bytes);
  }
  // A stranger sends: settles, opens the connection that this makes and names it.
  Target Accept(std::uint16_t peer, std::string_view bytes = "hello");
  // What the newest connection, or another one, has been told.
  const Texts& received() { return log.newest().messages; }
  const Texts& received(const Target& target) { return log[target.id].messages; }
  // How a connection is known to JavaScript's thread; nullptr when it is not.
  const Connection* Look(const Target& target) { return reactor.At(target.slot, target.id); }
  Counters& counters() { return component.counters(0); }

  DatagramSocket socket;
};

// A reactor with the connection of a client, or of a member of a group.
class DatagramClient : public TestReactor {
 public:
  using Role = DatagramEndpoint::Role;

  explicit DatagramClient(sys::FakeStyle style, const ComponentSettings& settings = {},
                          const Reactor::Limits& limits = {}, Role role = Role::kClient,
                          const sys::Endpoint& peer = Loopback(kServerPort));

  static constexpr std::uint16_t kServerPort = 2000;

  // The server sends.
  void Deliver(std::string_view bytes) { socket->Deliver(Loopback(kServerPort), bytes); }
  void Open() { Do(CommandKind::kOpen, target); }
  const ConnectionLog::Connection& told() { return log[target.id]; }
  const Connection& connection() { return *reactor.At(target.slot, target.id); }
  Counters& counters() { return component.counters(0); }

  DatagramSocket socket;
  Target target;
};

// Settings of peers that are looked after.
ComponentSettings Detecting(std::uint32_t attempts, std::uint32_t interval_ms);
ComponentSettings Notifying();

}  // namespace hp::net
