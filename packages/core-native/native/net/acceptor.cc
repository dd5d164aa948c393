// SPDX-License-Identifier: Apache-2.0
#include "net/acceptor.h"

#include <algorithm>
#include <utility>

namespace hp::net {

ErrorCode Acceptor::Add(Component& component, sys::Handle handle, Place place) {
  auto listener = std::make_unique<Listener>();
  listener->socket = {.handle = handle, .token = next_token_++};
  listener->rest.tag = listener->socket.token;
  listener->component = &component;
  listener->place = std::move(place);
  const ErrorCode error = context_.backend.Listen(listener->socket, component.settings().socket);
  if (error != ErrorCode::kOk) return error;
  context_.backend.PostAccepts(listener->socket, component.settings().accept_count);
  listeners_.push_back(std::move(listener));
  return ErrorCode::kOk;
}

void Acceptor::Remove(const Component& component) {
  std::erase_if(listeners_, [&](const std::unique_ptr<Listener>& listener) {
    if (listener->component != &component) return false;
    context_.wheel.Cancel(listener->rest);
    context_.CloseSocket(listener->socket, false);
    return true;
  });
}

void Acceptor::RemoveAll() {
  while (!listeners_.empty()) Remove(*listeners_.back()->component);
}

void Acceptor::OnAccepted(const sys::Completion& completion) {
  Listener* found = Find(completion.token);
  if (found == nullptr) {
    // Accepted while the listener was being closed.
    if (completion.handle != sys::kNoHandle) context_.backend.Discard(completion.handle);
    return;
  }
  Listener& listener = *found;
  Component& component = *listener.component;
  if (completion.error != ErrorCode::kOk) {
    ++listener.owed;
    if (listener.rest.armed()) return;
    context_.counters(component).accept_pauses.Add(1);
    context_.Tell(EventKind::kAcceptPause, component, completion.error);
    context_.wheel.Arm(listener.rest, context_.now_ms + kRestMs);
    return;
  }
  context_.backend.PostAccepts(listener.socket, 1);
  if (!HasPlaceFor(component)) return Refuse(listener, completion.handle);
  component.connection_count().fetch_add(1, std::memory_order_relaxed);
  listener.place(component, completion.handle, completion.peer);
}

void Acceptor::OnTimer(sys::Token token) {
  if (Listener* listener = Find(token)) {
    context_.backend.PostAccepts(listener->socket, std::exchange(listener->owed, 0));
  }
}

Acceptor::Listener* Acceptor::Find(sys::Token token) {
  const auto found =
      std::find_if(listeners_.begin(), listeners_.end(),
                   [token](const auto& listener) { return listener->socket.token == token; });
  return found == listeners_.end() ? nullptr : found->get();
}

bool Acceptor::HasPlaceFor(const Component& component) const {
  const std::uint32_t limit = component.settings().max_connections;
  return limit == 0 || component.connection_count() < limit;
}

void Acceptor::Refuse(Listener& listener, sys::Handle handle) {
  // Counted first: the peer learns of it at once, and others may look then.
  context_.counters(*listener.component).rejected.Add(1);
  context_.backend.Discard(handle);
  if (listener.component->settings().tells_rejects) {
    context_.Tell(EventKind::kReject, *listener.component, ErrorCode::kConnectionLimit);
  }
}

}  // namespace hp::net
