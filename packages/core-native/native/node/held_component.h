// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <napi.h>

#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include "net/component.h"
#include "node/link.h"
#include "sys/stream_socket.h"

namespace hp::node {

// Reactors keep a component alive as long as they have business with it.
using SharedComponent = std::shared_ptr<net::Component>;

// A component as JavaScript holds it. It owns the sockets that JavaScript has
// made and no reactor serves yet: the environment may be torn down in between.
struct HeldComponent {
  explicit HeldComponent(SharedComponent made);
  ~HeldComponent();
  HeldComponent(const HeldComponent&) = delete;
  HeldComponent& operator=(const HeldComponent&) = delete;

  SharedComponent component;
  std::set<sys::Handle> sockets;
};

// Arguments of the functions of components.
HeldComponent& HeldOf(const Napi::Value& value);
const SharedComponent& ComponentOf(const Napi::Value& value);
std::vector<Link*> LinksOf(const Napi::Value& value);
std::uint16_t ToPort(const Napi::Value& value);
std::uint64_t ToId(const Napi::Value& value);

// The result of a call that makes a socket, which `info[0]` then holds: {error, call, handle}.
Napi::Object ToSocketResult(const Napi::CallbackInfo& info, const sys::Failure& failure,
                            sys::Handle handle);

}  // namespace hp::node
