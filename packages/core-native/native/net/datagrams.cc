// SPDX-License-Identifier: Apache-2.0
#include "net/datagrams.h"

#include <algorithm>

#include "net/deadlines.h"
#include "net/detection.h"

namespace hp::net {
namespace {

// What one socket may have the system receive beforehand.
constexpr std::uint32_t kMostPosted = 1024;
constexpr std::uint32_t kMostPostedBytes = 16 << 20;

}  // namespace

Datagrams::Endpoint Datagrams::Make(Component& component, sys::Handle handle,
                                    DatagramEndpoint::Role role) {
  auto endpoint = std::make_shared<DatagramEndpoint>();
  endpoint->socket = {.handle = handle, .token = next_token_++};
  endpoint->component = &component;
  endpoint->role = role;
  return endpoint;
}

ErrorCode Datagrams::Add(const Endpoint& endpoint) {
  const DatagramSettings& settings = endpoint->component->settings().datagrams;
  const ErrorCode error = context_.backend.AttachDatagrams(
      endpoint->socket,
      {.max_bytes = settings.max_bytes,
       .posted = std::min({settings.receives, kMostPosted, kMostPostedBytes / settings.max_bytes}),
       .tells_local = endpoint->role == DatagramEndpoint::Role::kServer});
  if (error == ErrorCode::kOk) endpoints_.emplace(endpoint->socket.token, endpoint);
  return error;
}

ErrorCode Datagrams::Serve(Component& component, sys::Handle handle) {
  return Add(Make(component, handle, DatagramEndpoint::Role::kServer));
}

ErrorCode Datagrams::Serve(Connection& connection, sys::Handle handle,
                           DatagramEndpoint::Role role) {
  connection.endpoint = Make(*connection.component, handle, role);
  connection.endpoint->slot = connection.slot;
  connection.state = Connection::State::kOpen;
  connection.read_blocks = Connection::kNotOpened;
  // A client shows itself, so that its server knows of it before there is anything to say.
  connection.owes_greeting = role == DatagramEndpoint::Role::kClient;
  const ErrorCode error = Add(connection.endpoint);
  if (error != ErrorCode::kOk) {
    context_.CloseSocket(connection.endpoint->socket, false);
    return error;
  }
  StartDetection(context_, connection);
  ArmDeadline(context_, connection);
  return error;
}

void Datagrams::Remove(const Component& component) {
  std::erase_if(endpoints_, [&](const auto& entry) {
    DatagramEndpoint& endpoint = *entry.second;
    if (endpoint.component != &component) return false;
    if (endpoint.socket.open()) context_.CloseSocket(endpoint.socket, false);
    return true;
  });
}

void Datagrams::RemoveAll() {
  while (!endpoints_.empty()) Remove(*endpoints_.begin()->second->component);
}

void Datagrams::Handle(const sys::Completion& completion) {
  const auto found = endpoints_.find(completion.token);
  if (found == endpoints_.end()) return;
  if (completion.kind == sys::Completion::Kind::kReadable) {
    receiver_.OnReadable(found->second);
  } else if (completion.kind == sys::Completion::Kind::kSent) {
    sender_.OnSent(*found->second);
  }
}

void Datagrams::OnTimer(Connection& connection) {
  Probe(context_, sender_, connection);
  if (connection.state != Connection::State::kOpen) return;
  if (IsOverdue(context_, connection)) sender_.SayGoodbye(connection);
  CheckDeadline(context_, connection);
}

}  // namespace hp::net
