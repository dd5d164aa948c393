// SPDX-License-Identifier: Apache-2.0
#include "net/establish.h"

#include "net/deadlines.h"

namespace hp::net {

bool Establish(Context& context, Connection& connection, HpFilterRole role, const char* host_name) {
  const ComponentSettings& settings = connection.component->settings();
  if (settings.filter) {
    connection.filter = FilterStream::Open(*settings.filter, role, host_name);
    if (connection.filter == nullptr) return false;
  }
  connection.state = Connection::State::kOpen;
  connection.StartClocks(context.now_ms);
  connection.read_blocks = Connection::kNotOpened;
  ArmDeadline(context, connection);
  return true;
}

void OpenByItself(Sender& sender, Connection& connection) {
  if (connection.component->settings().opens_by_itself) sender.Open(connection);
}

}  // namespace hp::net
