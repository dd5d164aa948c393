// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "net/context.h"
#include "net/sender.h"

namespace hp::net {

// Dials: the addresses of one name in turn, each with its share of time, until
// one answers or the deadline has come. Whatever happens is told as an event.
class Connector {
 public:
  Connector(Context& context, Sender& sender) : context_(context), sender_(sender) {}

  void Start(Component& component, std::uint64_t id, std::unique_ptr<ConnectAttempt> attempt);
  void OnConnected(Connection& connection, ErrorCode error);
  // The time of the running attempt is over.
  void OnDeadline(Connection& connection);

 private:
  // With further addresses to try, one that does not answer gets this long.
  static constexpr std::uint64_t kAttemptMs = 250;

  void TryNext(Connection& connection);
  void Fail(Connection& connection, ErrorCode error);

  Context& context_;
  Sender& sender_;
};

}  // namespace hp::net
