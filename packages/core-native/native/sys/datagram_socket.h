// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sys/stream_socket.h"

// Calls that set up datagram sockets; Bind() and what reads or changes options
// are in stream_socket.h. Each is safe on any thread.
namespace hp::sys {

// How a socket takes part in a multicast group.
struct Membership {
  Endpoint group;
  Endpoint via;  // an address of the interface; family kNone: the system's choice
  std::uint8_t ttl = 1;
  bool loop = false;  // whether this host sees what is sent from here
};

// Makes a non-blocking datagram socket with `options`. What nobody listens for
// (an ICMP error) is never reported of one that is not connected.
Failure OpenDatagram(Family family, const SocketOptions& options, Handle& handle);

// From now on datagrams go to `peer`, and only its own are received.
Failure ConnectDatagram(Handle handle, const Endpoint& peer);

// Joins a multicast group, and sends to it through the same interface.
Failure JoinGroup(Handle handle, const Membership& membership);

// Sends broadcasts through the interface that has this address; without one
// (family kNone) the system chooses.
Failure SendThrough(Handle handle, const Endpoint& via);

// Lets a bound socket share its port with sockets that say so too before they
// are bound: each peer then reaches always the same one. kNotSupported where the
// system cannot tell peers apart.
Failure SharePort(Handle handle);

// Drops the datagrams that have arrived at a socket that shares its port: while
// the others were yet to be bound, it was given those of their peers too.
void DiscardArrived(Handle handle);

// Datagrams that found no room in the socket, since it was made; 0 where the
// system does not count them.
std::uint64_t LostDatagrams(Handle handle);

}  // namespace hp::sys
