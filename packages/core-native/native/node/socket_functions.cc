// SPDX-License-Identifier: Apache-2.0
#include "node/socket_functions.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "node/values.h"
#include "sys/stream_socket.h"

namespace hp::node {
namespace {

Napi::Value ToNumber(Napi::Env env, ErrorCode error) {
  return Napi::Number::New(env, static_cast<double>(error));
}

// localAddress(handle), peerAddress(handle) -> {address, port} or undefined
template <ErrorCode (*kQuery)(sys::Handle, sys::Endpoint&)>
Napi::Value Address(const Napi::CallbackInfo& info) {
  sys::Endpoint endpoint;
  kQuery(ToHandle(info[0]), endpoint);
  return ToAddress(info.Env(), endpoint);
}

// setOption(handle, {level, name, value}) -> error
Napi::Value SetOption(const Napi::CallbackInfo& info) {
  return ToNumber(info.Env(),
                  sys::SetOption(ToHandle(info[0]), ToRawOption(info[1].As<Napi::Object>())));
}

// getOption(handle, {level, name, value}) -> bytes read into value, or -error
Napi::Value GetOption(const Napi::CallbackInfo& info) {
  const auto object = info[1].As<Napi::Object>();
  sys::RawOption option = ToRawOption(object);
  auto value = PropertyOf(object, "value").As<Napi::Uint8Array>();
  const ErrorCode error = sys::GetOption(ToHandle(info[0]), option);
  if (error != ErrorCode::kOk) {
    return Napi::Number::New(info.Env(), -static_cast<double>(error));
  }
  std::copy_n(option.value.data(), std::min(value.ByteLength(), option.value.size()),
              reinterpret_cast<std::byte*>(value.Data()));
  return Napi::Number::New(info.Env(), static_cast<double>(option.value.size()));
}

// control(handle, request, argument) -> {error, argument}
Napi::Value Control(const Napi::CallbackInfo& info) {
  std::int32_t argument = info[2].As<Napi::Number>().Int32Value();
  const auto request = static_cast<std::uint64_t>(info[1].As<Napi::Number>().Int64Value());
  const ErrorCode error = sys::Control(ToHandle(info[0]), request, argument);
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("error", static_cast<double>(error));
  result.Set("argument", argument);
  return result;
}

// isAddress(anything) -> 0, 4 or 6
Napi::Value IsAddress(const Napi::CallbackInfo& info) {
  std::optional<sys::Endpoint> endpoint;
  if (info[0].IsString()) endpoint = sys::ParseAddress(info[0].As<Napi::String>(), 0);
  return Napi::Number::New(info.Env(), endpoint ? static_cast<double>(endpoint->family) : 0);
}

// systemNumber(error) -> number
Napi::Value SystemNumber(const Napi::CallbackInfo& info) {
  const auto error = static_cast<ErrorCode>(info[0].As<Napi::Number>().Int32Value());
  return Napi::Number::New(info.Env(), sys::SystemNumber(error));
}

// resolve(host) -> {error, call, addresses}; blocks.
Napi::Value Resolve(const Napi::CallbackInfo& info) {
  std::vector<sys::Endpoint> endpoints;
  const sys::Failure failure = sys::Resolve(info[0].As<Napi::String>(), 0, endpoints);
  Napi::Object result = ToResult(info.Env(), failure);
  Napi::Array addresses = Napi::Array::New(info.Env());
  for (std::uint32_t i = 0; i < endpoints.size(); ++i) {
    addresses.Set(i, sys::FormatAddress(endpoints[i]));
  }
  result.Set("addresses", addresses);
  return result;
}

}  // namespace

void AddSocketFunctions(Napi::Env env, Napi::Object& exports) {
  exports.Set("localAddress", Napi::Function::New(env, Address<sys::LocalEndpoint>));
  exports.Set("peerAddress", Napi::Function::New(env, Address<sys::PeerEndpoint>));
  exports.Set("setOption", Napi::Function::New(env, SetOption));
  exports.Set("getOption", Napi::Function::New(env, GetOption));
  exports.Set("control", Napi::Function::New(env, Control));
  exports.Set("resolve", Napi::Function::New(env, Resolve));
  exports.Set("systemNumber", Napi::Function::New(env, SystemNumber));
  exports.Set("isAddress", Napi::Function::New(env, IsAddress));
}

}  // namespace hp::node
