// SPDX-License-Identifier: Apache-2.0
#include "net/deadlines.h"

#include <algorithm>
#include <limits>

#include "net/detection.h"

namespace hp::net {
namespace {

constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

std::uint64_t LastActivity(const Connection& connection, IdleMeasure measure) {
  const std::uint64_t last_receive_ms = connection.last_receive_ms.load(std::memory_order_relaxed);
  switch (measure) {
    case IdleMeasure::kReceive:
      return last_receive_ms;
    case IdleMeasure::kSend:
      return connection.last_send_ms;
    case IdleMeasure::kBoth:
      return std::max(last_receive_ms, connection.last_send_ms);
  }
  return last_receive_ms;
}

std::uint64_t DeadlineOf(const Context& context, const Connection& connection) {
  const ComponentSettings& settings = connection.component->settings();
  std::uint64_t deadline = kNever;
  if (settings.idle_timeout_ms != 0) {
    deadline = LastActivity(connection, settings.idle_measure) + settings.idle_timeout_ms;
  }
  if (settings.max_lifetime_ms != 0) {
    deadline = std::min(deadline, connection.opened_ms + settings.max_lifetime_ms);
  }
  if (connection.filter != nullptr && connection.filter->deadline_ms() != 0) {
    deadline = std::min(deadline, connection.filter->deadline_ms());
  }
  if (connection.endpoint != nullptr) {
    deadline = std::min(deadline, DetectionDeadline(context, connection));
  }
  return deadline;
}

}  // namespace

void ArmDeadline(Context& context, Connection& connection) {
  const std::uint64_t deadline = DeadlineOf(context, connection);
  if (deadline != kNever) context.wheel.Arm(connection.timer, deadline);
}

bool FilterIsDue(const Context& context, const Connection& connection) {
  return connection.filter != nullptr && connection.filter->deadline_ms() != 0 &&
         connection.filter->deadline_ms() <= context.now_ms;
}

bool IsOverdue(const Context& context, const Connection& connection) {
  return DeadlineOf(context, connection) <= context.now_ms;
}

void CheckDeadline(Context& context, Connection& connection) {
  if (IsOverdue(context, connection)) {
    return context.Close(connection, Operation::kClose, ErrorCode::kTimedOut);
  }
  ArmDeadline(context, connection);
}

}  // namespace hp::net
