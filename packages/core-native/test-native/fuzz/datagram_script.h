// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "byte_reader.h"
#include "net/connection_log.h"
#include "net/reactor.h"
#include "sys/fake/fake_backend.h"

namespace hp::net {

// The part of a ReactorScript that is about datagram sockets: a few, each with a
// component of its own, and what arrives there.
class DatagramScript {
 public:
  DatagramScript(sys::FakeBackend& backend, Reactor& reactor, ConnectionLog& log,
                 const ComponentSettings& settings)
      : backend_(backend), reactor_(reactor), log_(log), settings_(settings) {}

  void Step(ByteReader& input);
  // Accepts nothing more, and has all the room there is.
  void Stop();
  void Check() const;
  // Once everything is closed.
  void CheckEnd() const;
  // Whether a connection is one of theirs.
  static bool Owns(std::uint64_t id) { return id >= kFirstId; }

 private:
  using Role = DatagramEndpoint::Role;

  static constexpr std::uint64_t kFirstId = 10'000;
  static constexpr std::uint16_t kPeers = 5;

  struct Endpoint {
    std::unique_ptr<Component> component;
    std::shared_ptr<sys::FakeDatagrams> socket;
    Role role;
    std::array<std::uint32_t, kPeers> delivered{};
  };

  static std::uint16_t ReadPeer(ByteReader& input) {
    return static_cast<std::uint16_t>(input.Byte() % kPeers);
  }

  void Open(ByteReader& input);
  void Adopt(Endpoint& endpoint, sys::Handle handle, bool tells);
  void Deliver(Endpoint& endpoint, ByteReader& input);
  ComponentSettings ReadSettings(ByteReader& input) const;
  void CheckSent(const Endpoint& endpoint) const;
  void CheckReceived(const ConnectionLog::Connection& connection, bool is_server) const;

  sys::FakeBackend& backend_;
  Reactor& reactor_;
  ConnectionLog& log_;
  const ComponentSettings& settings_;
  std::vector<Endpoint> endpoints_;
};

}  // namespace hp::net
