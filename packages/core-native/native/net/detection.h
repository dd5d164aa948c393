// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "net/context.h"
#include "net/datagram_sender.h"

// Whether the peer of a datagram connection is still there. The client probes
// with datagrams of no bytes; the server answers them and probes nobody. A client
// finds its server dead that leaves as many probes in a row as there are attempts
// without an answer, a server a client that is silent for attempts + 1 intervals.
namespace hp::net {

// From now on, where that is asked for.
void StartDetection(const Context& context, Connection& connection);

// When to look next; the largest number: never.
std::uint64_t DetectionDeadline(const Context& context, const Connection& connection);

// Sends the next probe of a client if it is time, or finds its server dead.
void Probe(Context& context, DatagramSender& sender, Connection& connection);

}  // namespace hp::net
