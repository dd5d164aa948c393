// SPDX-License-Identifier: Apache-2.0
#include "net/intake.h"

namespace hp::net {

std::span<std::byte> Intake::Reserve(const Connection& connection) {
  const ComponentSettings& settings = connection.component->settings();
  const std::span<std::byte> memory = memory_.Reserve({
      .limit = settings.receive_limit,
      .bulk = connection.bulk,
      .borrowed = connection.borrowed,
  });
  if (memory.empty()) budget_ = 0;
  return memory;
}

ReceiveMemory::Place Intake::Commit(Connection& connection, std::size_t bytes) {
  Spend(bytes);
  connection.bulk = bytes >= kBulkBytes;
  connection.undelivered += bytes;
  return memory_.Commit(bytes);
}

std::optional<ReceiveMemory::Place> Intake::Copy(Connection& connection,
                                                 std::span<const std::byte> bytes) {
  const std::optional<ReceiveMemory::Place> place = memory_.Copy(bytes, connection.borrowed);
  if (place) {
    connection.undelivered += bytes.size();
  } else {
    budget_ = 0;
  }
  return place;
}

bool Intake::Delivered(Connection& connection, std::size_t bytes) {
  connection.undelivered -= bytes;
  return connection.undelivered <= undelivered_limit_ / 2;
}

}  // namespace hp::net
