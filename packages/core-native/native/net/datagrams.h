// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <unordered_map>

#include "net/context.h"
#include "net/datagram_receiver.h"
#include "net/datagram_sender.h"

namespace hp::net {

// The datagram endpoints of one reactor.
class Datagrams {
 public:
  // Tokens with this bit belong to endpoints.
  static constexpr sys::Token kTokenBit = sys::Token{1} << 60;

  explicit Datagrams(Context& context)
      : context_(context), sender_(context), receiver_(context, sender_) {}

  DatagramSender& sender() { return sender_; }
  DatagramReceiver& receiver() { return receiver_; }

  // Serves a bound socket of a server. It is the caller's to close on failure.
  ErrorCode Serve(Component& component, sys::Handle handle);
  // Serves the socket of a client or a member of a group, whose one connection
  // this is; on failure it is closed with the connection.
  ErrorCode Serve(Connection& connection, sys::Handle handle, DatagramEndpoint::Role role);
  // Closes a component's sockets.
  void Remove(const Component& component);
  void RemoveAll();

  void Handle(const sys::Completion& completion);
  // The timer of an open connection has fired; it may be closed afterwards.
  void OnTimer(Connection& connection);

 private:
  using Endpoint = std::shared_ptr<DatagramEndpoint>;

  Endpoint Make(Component& component, sys::Handle handle, DatagramEndpoint::Role role);
  ErrorCode Add(const Endpoint& endpoint);

  Context& context_;
  DatagramSender sender_;
  DatagramReceiver receiver_;
  std::unordered_map<sys::Token, Endpoint> endpoints_;
  sys::Token next_token_ = kTokenBit;
};

}  // namespace hp::net
