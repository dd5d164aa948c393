// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "net/context.h"
#include "net/sender.h"

namespace hp::net {

// Takes bytes off sockets, through their stream filters where they have one, and
// tells them. No connection starves the others.
class Receiver {
 public:
  Receiver(Context& context, Sender& sender) : context_(context), sender_(sender) {}

  // The backend says there is something to receive.
  void OnReadable(Connection& connection, bool ended);
  // Receives from those that were left over or have been unblocked.
  void ServeReady();
  // JavaScript has handled `bytes` of a connection.
  void Delivered(Connection& connection, std::size_t bytes);

 private:
  static constexpr std::size_t kWireBytes = 64 << 10;

  void Receive(Connection& connection);
  // One receive. Each returns true when there is more to receive.
  bool ReceiveOnce(Connection& connection);
  bool ReceiveFiltered(Connection& connection);
  // Receives and counts.
  sys::ReceiveResult Take(Connection& connection, std::span<std::byte> memory);
  bool Conclude(Connection& connection, const sys::ReceiveResult& result);
  // The peer has finished sending, and all of it has been received.
  void End(Connection& connection);
  // Where bytes for a filter arrive.
  std::span<std::byte> Wire();

  Context& context_;
  Sender& sender_;
  std::unique_ptr<std::byte[]> wire_;
};

}  // namespace hp::net
