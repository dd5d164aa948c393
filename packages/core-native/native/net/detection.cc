// SPDX-License-Identifier: Apache-2.0
#include "net/detection.h"

#include <algorithm>
#include <limits>

namespace hp::net {
namespace {

using Role = DatagramEndpoint::Role;

bool IsOn(const DatagramSettings& settings) {
  return settings.detect_attempts != 0 && settings.detect_interval_ms != 0;
}

}  // namespace

void StartDetection(const Context& context, Connection& connection) {
  const DatagramSettings& settings = connection.component->settings().datagrams;
  if (connection.endpoint->role != Role::kClient || !IsOn(settings)) return;
  connection.probe_ms = context.now_ms + settings.detect_interval_ms;
}

std::uint64_t DetectionDeadline(const Context& context, const Connection& connection) {
  constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();
  const DatagramSettings& settings = connection.component->settings().datagrams;
  if (connection.probe_ms != 0) return connection.probe_ms;
  if (connection.endpoint->role != Role::kServer || !IsOn(settings)) return kNever;
  const std::uint64_t intervals = std::uint64_t{settings.detect_attempts} + 1;
  const std::uint64_t deadline = connection.last_heard_ms + intervals * settings.detect_interval_ms;
  // Nobody is judged before all that has arrived is read.
  if (!connection.endpoint->has_unread()) return deadline;
  return std::max(deadline, context.now_ms + settings.detect_interval_ms);
}

void Probe(Context& context, DatagramSender& sender, Connection& connection) {
  if (connection.probe_ms == 0 || connection.probe_ms > context.now_ms) return;
  const DatagramSettings& settings = connection.component->settings().datagrams;
  // Who does not listen cannot say that nobody answers.
  if (connection.read_blocks != 0 || connection.endpoint->has_unread()) connection.probes = 0;
  if (connection.probes >= settings.detect_attempts) {
    sender.SayGoodbye(connection);
    return context.Close(connection, Operation::kClose, ErrorCode::kTimedOut);
  }
  ++connection.probes;
  connection.probe_ms = context.now_ms + settings.detect_interval_ms;
  sender.Greet(connection);
  sender.Flush();
}

}  // namespace hp::net
