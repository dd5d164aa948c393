// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/context.h"

namespace hp::net {

// Arms the timer of an open connection for whichever comes first: its idle
// time-out or the end of its life. Receiving and sending do not touch the timer;
// when it fires, the time of the last activity decides, so that a busy
// connection costs one look per time-out and not one per message.
void ArmDeadline(Context& context, Connection& connection);

// Whether the timer has fired for the connection's stream filter.
bool FilterIsDue(const Context& context, const Connection& connection);

// Whether an open connection has reached its deadline.
bool IsOverdue(const Context& context, const Connection& connection);

// The timer of an open connection has fired: closes it or arms it again.
void CheckDeadline(Context& context, Connection& connection);

}  // namespace hp::net
