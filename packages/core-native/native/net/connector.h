// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "net/context.h"
#include "net/sender.h"

namespace hp::net {

// Dials: the addresses of one name in turn, until one answers, all have failed
// or the deadline has come. Whatever happens is told as an event.
class Connector {
 public:
  Connector(Context& context, Sender& sender) : context_(context), sender_(sender) {}

  void Start(Component& component, std::uint64_t id, std::unique_ptr<ConnectAttempt> attempt);
  void OnConnected(Connection& connection, ErrorCode error);
  // The time of the running attempt is over.
  void OnDeadline(Connection& connection);

 private:
  void TryNext(Connection& connection);
  void Fail(Connection& connection, ErrorCode error);

  Context& context_;
  Sender& sender_;
};

}  // namespace hp::net
