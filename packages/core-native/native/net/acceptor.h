// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "net/context.h"

namespace hp::net {

// Accepts on the listening sockets of one reactor. Out of descriptors it rests
// for a while instead of spinning, and says so.
class Acceptor {
 public:
  // Gives an accepted socket to the reactor that is to serve it.
  using Place = std::function<void(Component&, sys::Handle, const sys::Endpoint& peer)>;

  explicit Acceptor(Context& context) : context_(context) {}

  // Tokens with this bit belong to listeners.
  static constexpr sys::Token kTokenBit = sys::Token{1} << 61;

  ErrorCode Add(Component& component, sys::Handle handle, Place place);
  void Remove(const Component& component);
  void RemoveAll();
  void OnAccepted(const sys::Completion& completion);
  // The rest of a listener is over.
  void OnTimer(sys::Token token);

 private:
  static constexpr std::uint64_t kRestMs = 100;

  struct Listener {
    sys::Socket socket;
    Component* component = nullptr;
    Place place;
    TimerNode rest;
    std::uint32_t owed = 0;  // accepts to post when the rest is over
  };

  Listener* Find(sys::Token token);
  bool HasPlaceFor(const Component& component) const;
  void Refuse(Listener& listener, sys::Handle handle);

  Context& context_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  sys::Token next_token_ = kTokenBit;
};

}  // namespace hp::net
