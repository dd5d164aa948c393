// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sys/backend.h"
#include "sys/endpoint.h"
#include "world.h"

// What a test does as the peer, in the system's own calls: the backend has no
// part in it. Handles do not block. Each system has these in a folder of its own.
namespace hp::sys {

// Sends what has room, and returns how much that was.
std::size_t PlainSend(Handle handle, std::string_view bytes);

// Receives what arrives at a socket, which it is to be destroyed before.
class PlainReceiver {
 public:
  virtual ~PlainReceiver() = default;

  // What has arrived by now.
  virtual std::string Receive() = 0;
  bool ended() const { return ended_; }
  bool was_reset() const { return was_reset_; }

 protected:
  bool ended_ = false;
  bool was_reset_ = false;
};
std::unique_ptr<PlainReceiver> MakePlainReceiver(Handle handle);

// A peer that waits at `listener`, or kNoHandle.
Handle PlainAccept(Handle listener);
// Begins to connect, and waits for nothing.
void PlainConnect(Handle handle, const Endpoint& peer);
void PlainFinishSending(Handle handle);
// Closes so that the peer sees a reset.
void PlainReset(Handle handle);

void PlainSendTo(Handle handle, const Endpoint& to, std::string_view bytes);
// The datagrams that have arrived by now.
std::vector<Datagram> PlainReceiveFrom(Handle handle);

}  // namespace hp::sys
