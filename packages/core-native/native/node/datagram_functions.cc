// SPDX-License-Identifier: Apache-2.0
#include "node/datagram_functions.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "node/held_component.h"
#include "node/link_functions.h"
#include "node/values.h"
#include "sys/datagram_socket.h"

namespace hp::node {
namespace {

// An address that JavaScript has checked; of no family where it is empty.
sys::Endpoint ToEndpoint(const Napi::Value& address, std::uint16_t port) {
  return sys::ParseAddress(address.As<Napi::String>(), port).value_or(sys::Endpoint{});
}

// openDatagram(component, address, options) -> {error, call, handle}: a socket of
// the address's family, not yet bound.
Napi::Value OpenDatagram(const Napi::CallbackInfo& info) {
  const sys::Family family = ToEndpoint(info[1], 0).family;
  sys::SocketOptions options = ComponentOf(info[0])->settings().socket;
  options.raw = ToRawOptions(info[2]);
  sys::Handle handle = sys::kNoHandle;
  const sys::Failure failure = sys::OpenDatagram(family, options, handle);
  return ToSocketResult(info, failure, handle);
}

// connectDatagram(handle, address, port) -> {error, call}
Napi::Value ConnectDatagram(const Napi::CallbackInfo& info) {
  const sys::Endpoint peer = ToEndpoint(info[1], ToPort(info[2]));
  return ToResult(info.Env(), sys::ConnectDatagram(ToHandle(info[0]), peer));
}

// joinGroup(handle, {group, interface, ttl, loop}) -> {error, call}
Napi::Value JoinGroup(const Napi::CallbackInfo& info) {
  const auto request = info[1].As<Napi::Object>();
  const std::uint32_t ttl = PropertyOf(request, "ttl").As<Napi::Number>();
  const sys::Membership membership{.group = ToEndpoint(PropertyOf(request, "group"), 0),
                                   .via = ToEndpoint(PropertyOf(request, "interface"), 0),
                                   .ttl = static_cast<std::uint8_t>(ttl),
                                   .loop = PropertyOf(request, "loop").As<Napi::Boolean>()};
  return ToResult(info.Env(), sys::JoinGroup(ToHandle(info[0]), membership));
}

// sendThrough(handle, interface) -> {error, call}
Napi::Value SendThrough(const Napi::CallbackInfo& info) {
  return ToResult(info.Env(), sys::SendThrough(ToHandle(info[0]), ToEndpoint(info[1], 0)));
}

// sharePort(handle) -> {error, call}
Napi::Value SharePort(const Napi::CallbackInfo& info) {
  return ToResult(info.Env(), sys::SharePort(ToHandle(info[0])));
}

// discardArrived(handle)
void DiscardArrived(const Napi::CallbackInfo& info) { sys::DiscardArrived(ToHandle(info[0])); }

// lostDatagrams(handle) -> number
Napi::Value LostDatagrams(const Napi::CallbackInfo& info) {
  const std::uint64_t lost = sys::LostDatagrams(ToHandle(info[0]));
  return Napi::Number::New(info.Env(), static_cast<double>(lost));
}

// serveDatagrams(component, link, handle) -> error
Napi::Value ServeDatagrams(const Napi::CallbackInfo& info) {
  const SharedComponent component = ComponentOf(info[0]);
  const sys::Handle handle = ToHandle(info[2]);
  Link* link = LinkOf(info[1]);
  if (link == nullptr) return info.Env().Undefined();
  ErrorCode error = ErrorCode::kOk;
  link->Run([&](net::Reactor& reactor) { error = reactor.ServeDatagrams(*component, handle); });
  if (error == ErrorCode::kOk) HeldOf(info[0]).sockets.erase(handle);
  return Napi::Number::New(info.Env(), static_cast<double>(error));
}

// adoptDatagrams(component, link, id, handle, {address, port, isCast, tells}) -> slot
Napi::Value AdoptDatagrams(const Napi::CallbackInfo& info) {
  const SharedComponent component = ComponentOf(info[0]);
  const std::uint64_t id = ToId(info[2]);
  const sys::Handle handle = ToHandle(info[3]);
  const auto request = info[4].As<Napi::Object>();
  const sys::Endpoint peer =
      ToEndpoint(PropertyOf(request, "address"), ToPort(PropertyOf(request, "port")));
  const bool tells = PropertyOf(request, "tells").As<Napi::Boolean>();
  using Role = net::DatagramEndpoint::Role;
  const bool is_cast = PropertyOf(request, "isCast").As<Napi::Boolean>();
  Link* link = LinkOf(info[1]);
  if (link == nullptr) return info.Env().Undefined();
  HeldOf(info[0]).sockets.erase(handle);
  std::uint32_t slot = 0;
  link->Run([&](net::Reactor& reactor) {
    slot = reactor.AdoptDatagrams(*component, id, handle, peer,
                                  is_cast ? Role::kCast : Role::kClient, tells);
  });
  return Napi::Number::New(info.Env(), slot);
}

// readSender(bytes, offset) -> {address, port}: what follows the bytes of a ReceiveFrom.
Napi::Value ReadSender(const Napi::CallbackInfo& info) {
  const auto bytes = info[0].As<Napi::Uint8Array>();
  net::SenderAddress sender;
  std::memcpy(&sender, bytes.Data() + info[1].As<Napi::Number>().Uint32Value(), sizeof(sender));
  sys::Endpoint endpoint;
  endpoint.family = static_cast<sys::Family>(sender.family);
  endpoint.port = static_cast<std::uint16_t>((sender.port[0] << 8) | sender.port[1]);
  for (const std::uint8_t byte : sender.scope) endpoint.scope = (endpoint.scope << 8) | byte;
  std::ranges::copy(sender.address, endpoint.address.begin());
  return ToAddress(info.Env(), endpoint);
}

}  // namespace

void AddDatagramFunctions(Napi::Env env, Napi::Object& exports) {
  exports.Set("openDatagram", Napi::Function::New(env, OpenDatagram));
  exports.Set("connectDatagram", Napi::Function::New(env, ConnectDatagram));
  exports.Set("joinGroup", Napi::Function::New(env, JoinGroup));
  exports.Set("sendThrough", Napi::Function::New(env, SendThrough));
  exports.Set("sharePort", Napi::Function::New(env, SharePort));
  exports.Set("discardArrived", Napi::Function::New(env, DiscardArrived));
  exports.Set("lostDatagrams", Napi::Function::New(env, LostDatagrams));
  exports.Set("serveDatagrams", Napi::Function::New(env, ServeDatagrams));
  exports.Set("adoptDatagrams", Napi::Function::New(env, AdoptDatagrams));
  exports.Set("readSender", Napi::Function::New(env, ReadSender));
}

}  // namespace hp::node
