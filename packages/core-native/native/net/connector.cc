// SPDX-License-Identifier: Apache-2.0
#include "net/connector.h"

#include <algorithm>
#include <utility>

#include "net/establish.h"

namespace hp::net {

void Connector::Start(Component& component, std::uint64_t id,
                      std::unique_ptr<ConnectAttempt> attempt) {
  component.connection_count().fetch_add(1, std::memory_order_relaxed);
  Connection& connection = context_.Create(component, id);
  connection.state = Connection::State::kConnecting;
  connection.attempt = std::move(attempt);
  TryNext(connection);
}

void Connector::TryNext(Connection& connection) {
  ConnectAttempt& attempt = *connection.attempt;
  if (attempt.peers.empty()) return Fail(connection, attempt.last_error);
  context_.Rename(connection);
  connection.peer = attempt.peers.first();
  std::uint64_t deadline = attempt.deadline_ms;
  if (attempt.peers.share_ms() != 0) {
    const std::uint64_t share = context_.now_ms + attempt.peers.share_ms();
    deadline = deadline == 0 ? share : std::min(deadline, share);
  }
  if (deadline != 0) context_.wheel.Arm(connection.timer, deadline);
  context_.backend.Connect(
      connection.socket,
      {.peer = connection.peer, .local = attempt.local, .options = &attempt.options});
}

void Connector::OnConnected(Connection& connection, ErrorCode error) {
  if (connection.state != Connection::State::kConnecting) return;
  context_.wheel.Cancel(connection.timer);
  if (error == ErrorCode::kOk) error = context_.backend.FinishConnect(connection.socket);
  if (error != ErrorCode::kOk) {
    connection.attempt->last_error = error;
    connection.attempt->peers.Drop();
    if (connection.socket.open()) context_.CloseSocket(connection.socket, false);
    return TryNext(connection);
  }
  const std::unique_ptr<ConnectAttempt> attempt = std::move(connection.attempt);
  context_.counters(connection).connected.Add(1);
  if (!Establish(context_, connection, HP_FILTER_CLIENT, attempt->host_name.c_str())) {
    return Fail(connection, ErrorCode::kInvalidState);
  }
  context_.Tell(EventKind::kConnect, connection);
  OpenByItself(sender_, connection);
}

void Connector::OnDeadline(Connection& connection) {
  ConnectAttempt& attempt = *connection.attempt;
  attempt.last_error = ErrorCode::kTimedOut;
  if (connection.socket.open()) context_.CloseSocket(connection.socket, false);
  const bool over = attempt.deadline_ms != 0 && context_.now_ms >= attempt.deadline_ms;
  if (over) return Fail(connection, ErrorCode::kTimedOut);
  attempt.peers.PutOff();
  TryNext(connection);
}

void Connector::Fail(Connection& connection, ErrorCode error) {
  context_.Close(connection, Operation::kConnect, error);
}

}  // namespace hp::net
