// SPDX-License-Identifier: Apache-2.0
#include "node/values.h"

#include <utility>

namespace hp::node {

Napi::Value PropertyOf(const Napi::Object& object, const char* name) {
  napi_value value = nullptr;
  if (napi_get_named_property(object.Env(), object, name, &value) == napi_ok) {
    return {object.Env(), value};
  }
  return object.Env().Undefined();
}

Napi::Value ElementOf(const Napi::Array& array, std::uint32_t index) {
  napi_value value = nullptr;
  if (napi_get_element(array.Env(), array, index, &value) == napi_ok) return {array.Env(), value};
  return array.Env().Undefined();
}

namespace {

std::uint32_t Number(const Napi::Object& object, const char* name) {
  return PropertyOf(object, name).As<Napi::Number>().Uint32Value();
}

bool Flag(const Napi::Object& object, const char* name) {
  return PropertyOf(object, name).As<Napi::Boolean>().Value();
}

}  // namespace

sys::Handle ToHandle(const Napi::Value& value) { return value.As<Napi::Number>().Int64Value(); }

sys::RawOption ToRawOption(const Napi::Object& object) {
  sys::RawOption option;
  option.level = static_cast<int>(Number(object, "level"));
  option.name = static_cast<int>(Number(object, "name"));
  const auto value = PropertyOf(object, "value").As<Napi::Uint8Array>();
  const auto* bytes = reinterpret_cast<const std::byte*>(value.Data());
  option.value.assign(bytes, bytes + value.ByteLength());
  return option;
}

std::vector<sys::RawOption> ToRawOptions(const Napi::Value& array) {
  std::vector<sys::RawOption> options;
  const auto list = array.As<Napi::Array>();
  for (std::uint32_t i = 0; i < list.Length(); ++i) {
    options.push_back(ToRawOption(ElementOf(list, i).As<Napi::Object>()));
  }
  return options;
}

net::ComponentSettings ToSettings(const Napi::Object& object) {
  net::ComponentSettings settings;
  settings.socket.keep_alive = {.time_ms = Number(object, "keepAliveTime"),
                                .interval_ms = Number(object, "keepAliveInterval"),
                                .count = Number(object, "keepAliveCount")};
  settings.socket.no_delay = Flag(object, "noDelay");
  settings.socket.dual_stack = Flag(object, "dualStack");
  settings.socket.reuse = static_cast<sys::Reuse>(Number(object, "reuseAddressPolicy"));
  settings.socket.broadcast = Flag(object, "broadcast");
  settings.socket.receive_buffer_bytes = Number(object, "recvBufferSize");
  settings.socket.send_buffer_bytes = Number(object, "sendBufferSize");
  settings.datagrams = {.max_bytes = Number(object, "maxDatagramSize"),
                        .receives = Number(object, "postReceiveCount"),
                        .detect_attempts = Number(object, "detectAttempts"),
                        .detect_interval_ms = Number(object, "detectInterval"),
                        .close_notify = Flag(object, "closeNotify")};
  settings.receive_limit = Number(object, "socketBufferSize");
  settings.high_water_mark = Number(object, "highWaterMarkBytes");
  settings.low_water_mark = Number(object, "lowWaterMarkBytes");
  settings.accept_count = Number(object, "acceptSocketCount");
  settings.max_connections = Number(object, "maxConnections");
  settings.idle_timeout_ms = Number(object, "idleTimeoutMs");
  settings.max_lifetime_ms = Number(object, "maxLifetimeMs");
  settings.idle_measure = static_cast<net::IdleMeasure>(Number(object, "idleMeasure"));
  settings.send_policy = static_cast<net::SendPolicy>(Number(object, "sendPolicy"));
  settings.pause_reads_when_congested = Flag(object, "pauseReadsWhenCongested");
  settings.opens_by_itself = Flag(object, "opensByItself");
  settings.tells_sends = Flag(object, "tellsSends");
  settings.tells_rejects = Flag(object, "tellsRejects");
  settings.borrowed_receive = Flag(object, "borrowedReceive");
  if (settings.send_policy == net::SendPolicy::kSafe) {
    settings.socket.unsent_limit = settings.receive_limit;
  }
  return settings;
}

Napi::Object ToResult(Napi::Env env, const sys::Failure& failure) {
  Napi::Object result = Napi::Object::New(env);
  result.Set("error", static_cast<double>(failure.error));
  result.Set("call", failure.call);
  return result;
}

Napi::Value ToAddress(Napi::Env env, const sys::Endpoint& endpoint) {
  if (endpoint.family == sys::Family::kNone) return env.Undefined();
  Napi::Object address = Napi::Object::New(env);
  address.Set("address", sys::FormatAddress(endpoint));
  address.Set("port", static_cast<double>(endpoint.port));
  return address;
}

}  // namespace hp::node
