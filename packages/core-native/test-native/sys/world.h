// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "sys/backend.h"

namespace hp::sys {

// The far end of a connection: what a test does as the peer. Nothing waits.
class Peer {
 public:
  virtual ~Peer() = default;

  // Sends what has room, and returns how much that was.
  virtual std::size_t Send(std::string_view bytes) = 0;
  // Receives what has arrived.
  virtual std::string Receive() = 0;
  virtual void FinishSending() = 0;
  virtual void Close() = 0;
  virtual void Reset() = 0;
  // As found by Receive().
  virtual bool ended() const = 0;
  virtual bool was_reset() const = 0;
};

// A datagram, and who sent it.
struct Datagram {
  Endpoint peer;
  std::string bytes;
};

// Somebody who exchanges datagrams with the backend's sockets. Nothing waits.
class DatagramPeer {
 public:
  virtual ~DatagramPeer() = default;

  virtual Endpoint local() const = 0;
  virtual void Send(const Endpoint& to, std::string_view bytes) = 0;
  // What has arrived.
  virtual std::vector<Datagram> Receive() = 0;
};

// A backend with what a test needs around it. The conformance suite runs in
// each world; whatever is asked of one here, a new backend's has to offer.
class World {
 public:
  virtual ~World() = default;

  virtual Backend& backend() = 0;
  // A bound listening socket of the backend's kind, and where it listens.
  virtual Handle OpenListener(Endpoint& local) = 0;
  // A peer that has connected, or waits to be accepted.
  virtual std::unique_ptr<Peer> Dial(const Endpoint& listener) = 0;
  // Where connects succeed; TakeDialled() gives their peers.
  virtual Endpoint Answering() = 0;
  virtual std::unique_ptr<Peer> TakeDialled() = 0;
  // Where connects are refused.
  virtual Endpoint Refusing() = 0;
  // Where connects get no answer for the time being.
  virtual Endpoint Silent() = 0;
  // An address that reaches itself when it is bound and connected to.
  virtual Endpoint Own() = 0;
  // From now on accepts fail for want of descriptors; until Restore...().
  virtual void ExhaustDescriptors() = 0;
  virtual void RestoreDescriptors() = 0;
  // Sees to it that both ends of new connections hold few bytes.
  virtual void KeepBuffersSmall() = 0;
  // A bound datagram socket of the backend's kind, and where it is bound;
  // connected where there is a peer.
  virtual Handle OpenDatagrams(Family family, const Endpoint& peer, Endpoint& local) = 0;
  // One that is bound to every address, also those of IPv4 where it is of IPv6.
  virtual Handle OpenDatagramsEverywhere(Family family, Endpoint& local) = 0;
  // One that is connected, and now and then has no room for what it sends until
  // its peer has received.
  virtual Handle OpenScarceDatagrams(std::unique_ptr<DatagramPeer>& peer) = 0;
  virtual std::unique_ptr<DatagramPeer> OpenDatagramPeer(Family family) = 0;
  // Where nobody receives datagrams, and somebody who does so after all.
  virtual Endpoint Deserted() = 0;
  virtual std::unique_ptr<DatagramPeer> Populate(const Endpoint& deserted) = 0;
  // Whether connected sockets learn that nobody received what they sent.
  virtual bool ReportsRefusals() const { return true; }
  // Whether the backend tells which of them a datagram was written to.
  virtual bool TellsLocal() const { return true; }
  // Whether a reset is still seen by a receive that comes after it.
  virtual bool RemembersResets() const { return true; }
  // What the backend has seen done that the contract forbids.
  virtual std::vector<std::string> violations() const { return {}; }
};

struct NamedWorld {
  const char* name;
  std::unique_ptr<World> (*make)();
};

inline void PrintTo(const NamedWorld& world, std::ostream* out) { *out << world.name; }

// The world of the system's own backend.
NamedWorld SystemWorld();
std::unique_ptr<World> MakeFakeReadinessWorld();
std::unique_ptr<World> MakeFakeCompletionWorld();

inline std::vector<NamedWorld> AllWorlds() {
  return {SystemWorld(),
          {"FakeReadiness", MakeFakeReadinessWorld},
          {"FakeCompletion", MakeFakeCompletionWorld}};
}

}  // namespace hp::sys
