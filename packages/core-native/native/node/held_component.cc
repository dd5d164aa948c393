// SPDX-License-Identifier: Apache-2.0
#include "node/held_component.h"

#include <utility>

#include "node/link_functions.h"
#include "node/values.h"

namespace hp::node {

HeldComponent::HeldComponent(SharedComponent made) : component(std::move(made)) {}

HeldComponent::~HeldComponent() {
  for (const sys::Handle handle : sockets) sys::CloseSocket(handle);
}

HeldComponent& HeldOf(const Napi::Value& value) {
  return *value.As<Napi::External<HeldComponent>>().Data();
}

const SharedComponent& ComponentOf(const Napi::Value& value) { return HeldOf(value).component; }

std::vector<Link*> LinksOf(const Napi::Value& value) {
  std::vector<Link*> links;
  const auto array = value.As<Napi::Array>();
  for (std::uint32_t i = 0; i < array.Length(); ++i) {
    if (Link* link = LinkOf(ElementOf(array, i))) links.push_back(link);
  }
  return links;
}

std::uint16_t ToPort(const Napi::Value& value) {
  return static_cast<std::uint16_t>(value.As<Napi::Number>().Uint32Value());
}

std::uint64_t ToId(const Napi::Value& value) {
  return static_cast<std::uint64_t>(value.As<Napi::Number>().Int64Value());
}

Napi::Object ToSocketResult(const Napi::CallbackInfo& info, const sys::Failure& failure,
                            sys::Handle handle) {
  if (!failure) HeldOf(info[0]).sockets.insert(handle);
  Napi::Object result = ToResult(info.Env(), failure);
  result.Set("handle", static_cast<double>(handle));
  return result;
}

}  // namespace hp::node
