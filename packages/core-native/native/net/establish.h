// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/context.h"
#include "net/sender.h"

namespace hp::net {

// A connection has just been made: starts its clocks and opens its stream
// filter. False when the filter refuses it.
bool Establish(Context& context, Connection& connection, HpFilterRole role, const char* host_name);

// Where the listener has nothing to say first, receiving starts at once.
void OpenByItself(Sender& sender, Connection& connection);

}  // namespace hp::net
