// SPDX-License-Identifier: Apache-2.0
#include "net/reactor.h"

#include <algorithm>
#include <utility>

#include "net/deadlines.h"
#include "net/establish.h"

namespace hp::net {

Reactor::Reactor(sys::Backend& backend, ReceiveMemory& memory, std::size_t index,
                 const Limits& limits)
    : context_(backend, memory, index, limits),
      acceptor_(context_),
      datagrams_(context_),
      sender_(context_, datagrams_),
      connector_(context_, sender_),
      receiver_(context_, sender_),
      cached_connections_limit_(limits.cached_connections) {}

void Reactor::SetCacheLimits(std::size_t chunks, std::size_t connections) {
  context_.pool.set_cache_limit(chunks);
  cached_connections_limit_ = connections;
}

void Reactor::Turn(std::optional<std::uint64_t> deadline_ms) {
  context_.intake.BeginTurn();
  ServeReady();
  if (HasWork()) {
    deadline_ms = 0;
  } else if (const auto timer = NextTimer()) {
    deadline_ms = deadline_ms ? std::min(*deadline_ms, *timer) : *timer;
  }
  const std::size_t count = context_.backend.Wait(completions_, deadline_ms);
  context_.now_ms = context_.backend.NowMs();
  for (const sys::Completion& completion : std::span(completions_).first(count)) {
    Handle(completion);
  }
  context_.wheel.Advance(context_.now_ms, [this](TimerNode& timer) { OnTimer(timer.tag); });
  TrimCaches();
}

void Reactor::ServeReady() {
  // By turns: whoever is served first may use up all that a turn receives.
  datagrams_first_ = !datagrams_first_;
  if (datagrams_first_) datagrams_.receiver().ServeReady();
  receiver_.ServeReady();
  if (!datagrams_first_) datagrams_.receiver().ServeReady();
}

void Reactor::TrimCaches() {
  context_.connections.Trim(cached_connections_limit_);
  cached_buffers_.Set(context_.pool.cached());
  cached_connections_.Set(context_.connections.bound() - context_.connections.in_use());
}

void Reactor::Handle(const sys::Completion& completion) {
  using Kind = sys::Completion::Kind;
  if (completion.kind == Kind::kClosed) --context_.closing;
  if ((completion.token & Acceptor::kTokenBit) != 0) {
    if (completion.kind == Kind::kAccepted) acceptor_.OnAccepted(completion);
    return;
  }
  if ((completion.token & Datagrams::kTokenBit) != 0) return datagrams_.Handle(completion);
  Connection* connection = context_.FindByToken(completion.token);
  if (connection == nullptr) return;
  switch (completion.kind) {
    case Kind::kReadable:
      return receiver_.OnReadable(*connection, completion.ended);
    case Kind::kSent:
      return sender_.OnSent(*connection, completion.bytes, completion.error);
    case Kind::kConnected:
      return connector_.OnConnected(*connection, completion.error);
    case Kind::kClosed:
      if (connection->state == Connection::State::kReleasing) context_.FinishRelease(*connection);
      return;
    case Kind::kAccepted:
      return;
  }
}

void Reactor::OnTimer(sys::Token token) {
  if ((token & Acceptor::kTokenBit) != 0) return acceptor_.OnTimer(token);
  Connection& connection = *context_.FindByToken(token);
  switch (connection.state) {
    case Connection::State::kConnecting:
      return connector_.OnDeadline(connection);
    case Connection::State::kOpen:
      if (FilterIsDue(context_, connection)) {
        return sender_.Conclude(connection, connection.filter->Deadline(context_, connection));
      }
      if (connection.endpoint != nullptr) return datagrams_.OnTimer(connection);
      return CheckDeadline(context_, connection);
    case Connection::State::kFlushing:
    case Connection::State::kLingering:
      return context_.Release(connection);
    case Connection::State::kFree:
    case Connection::State::kClosed:
    case Connection::State::kReleasing:
      return;
  }
}

bool Reactor::HasOnlyOpenings() const {
  return !context_.events.empty() &&
         std::all_of(context_.events.begin(), context_.events.end(), [this](const Event& event) {
           return event.kind == EventKind::kAccept &&
                  context_.connections[event.slot].component->settings().opens_by_itself;
         });
}

void Reactor::TakeEvents(std::vector<Event>& events) {
  events.clear();
  std::swap(events, context_.events);
}

void Reactor::Seen(std::span<const Event> events) {
  for (const Event& event : events) {
    if (event.kind == EventKind::kClose) {
      context_.CloseSeen(context_.connections[event.slot]);
    } else if (const std::uint32_t bytes = BytesOf(event); bytes != 0) {
      receiver_.Delivered(context_.connections[event.slot], bytes);
    }
  }
  // The next turn may be a long time off.
  TrimCaches();
}

ErrorCode Reactor::Listen(Component& component, sys::Handle handle, Acceptor::Place place) {
  return acceptor_.Add(component, handle, std::move(place));
}

ErrorCode Reactor::ServeDatagrams(Component& component, sys::Handle handle) {
  return datagrams_.Serve(component, handle);
}

void Reactor::StopAccepting(const Component& component) {
  acceptor_.Remove(component);
  datagrams_.Remove(component);
  for (std::uint32_t slot = 0; slot < context_.connections.bound(); ++slot) {
    Connection& connection = context_.connections[slot];
    using State = Connection::State;
    const bool is_departing =
        connection.state == State::kFlushing || connection.state == State::kLingering;
    if (is_departing && connection.component.get() == &component) {
      context_.Release(connection);
    }
  }
}

void Reactor::TellStopped(const Component& component) {
  context_.Tell(EventKind::kStopped, component, ErrorCode::kOk);
}

void Reactor::Adopt(Component& component, sys::Handle handle, const sys::Endpoint& peer) {
  Connection& connection = context_.Create(component, component.TakeId());
  connection.socket.handle = handle;
  connection.peer = peer;
  if (context_.backend.Attach(connection.socket) != ErrorCode::kOk ||
      !Establish(context_, connection, HP_FILTER_SERVER, nullptr)) {
    component.connection_count().fetch_sub(1, std::memory_order_relaxed);
    return context_.Release(connection);
  }
  context_.counters(connection).accepted.Add(1);
  context_.Tell(EventKind::kAccept, connection);
  OpenByItself(sender_, connection);
}

std::uint32_t Reactor::AdoptConnected(Component& component, std::uint64_t id, sys::Handle handle,
                                      const sys::Endpoint& peer, const char* host_name) {
  component.connection_count().fetch_add(1, std::memory_order_relaxed);
  Connection& connection = context_.Create(component, id);
  connection.socket.handle = handle;
  connection.peer = peer;
  context_.counters(connection).connected.Add(1);
  connection.state = Connection::State::kConnecting;
  const ErrorCode error = context_.backend.Attach(connection.socket);
  if (error != ErrorCode::kOk) {
    context_.Close(connection, Operation::kConnect, error);
  } else if (!Establish(context_, connection, HP_FILTER_CLIENT, host_name)) {
    context_.Close(connection, Operation::kConnect, ErrorCode::kInvalidState);
  } else {
    OpenByItself(sender_, connection);
  }
  return connection.slot;
}

std::uint32_t Reactor::AdoptDatagrams(Component& component, std::uint64_t id, sys::Handle handle,
                                      const sys::Endpoint& peer, DatagramEndpoint::Role role,
                                      bool tells) {
  component.connection_count().fetch_add(1, std::memory_order_relaxed);
  Connection& connection = context_.Create(component, id);
  connection.peer = peer;
  context_.counters(connection).connected.Add(1);
  const ErrorCode error = datagrams_.Serve(connection, handle, role);
  if (error != ErrorCode::kOk) {
    context_.Close(connection, Operation::kConnect, error);
    return connection.slot;
  }
  if (tells) context_.Tell(EventKind::kConnect, connection);
  OpenByItself(sender_, connection);
  datagrams_.sender().Flush();
  return connection.slot;
}

void Reactor::Connect(Component& component, std::uint64_t id,
                      std::unique_ptr<ConnectAttempt> attempt) {
  connector_.Start(component, id, std::move(attempt));
}

void Reactor::Cancel(const Component& component, std::uint64_t id) {
  for (std::uint32_t slot = 0; slot < context_.connections.bound(); ++slot) {
    Connection& connection = context_.connections[slot];
    if (connection.state == Connection::State::kConnecting && connection.id == id &&
        connection.component.get() == &component) {
      return context_.Close(connection, Operation::kClose, ErrorCode::kOk);
    }
  }
}

void Reactor::CloseAll() {
  acceptor_.RemoveAll();
  datagrams_.RemoveAll();
  for (std::uint32_t slot = 0; slot < context_.connections.bound(); ++slot) {
    Connection& connection = context_.connections[slot];
    using State = Connection::State;
    if (connection.state == State::kFree || connection.state == State::kReleasing) continue;
    context_.Release(connection);
  }
  // Memory of sends under way is the backend's until it has told so.
  while (context_.closing != 0) {
    const std::size_t count = context_.backend.Wait(completions_, std::nullopt);
    for (const sys::Completion& completion : std::span(completions_).first(count)) {
      Handle(completion);
    }
  }
}

}  // namespace hp::net
