// SPDX-License-Identifier: Apache-2.0
#include "node/context_functions.h"

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tls/settings_builder.h"
#include "tls/stream_filter.h"

namespace hp::node {
namespace {

using ContextHandle = std::shared_ptr<tls::Context>;

const ContextHandle& ContextOf(const Napi::Value& value) {
  return *value.As<Napi::External<ContextHandle>>().Data();
}

std::vector<std::uint8_t> BytesIn(const Napi::Object& object, const char* name) {
  const auto buffer = object.Get(name).As<Napi::Uint8Array>();
  return {buffer.Data(), buffer.Data() + buffer.ByteLength()};
}

std::string TextIn(const Napi::Object& object, const char* name) {
  return object.Get(name).As<Napi::String>().Utf8Value();
}

double NumberIn(const Napi::Object& object, const char* name) {
  return object.Get(name).As<Napi::Number>().DoubleValue();
}

bool FlagIn(const Napi::Object& object, const char* name) {
  return object.Get(name).As<Napi::Boolean>().Value();
}

tls::Config ToConfig(const Napi::Object& object) {
  tls::Config config;
  config.certificate = BytesIn(object, "cert");
  config.key = BytesIn(object, "key");
  const Napi::Value password = object.Get("keyPassword");
  if (password.IsString()) config.key_password = password.As<Napi::String>().Utf8Value();
  config.authorities = BytesIn(object, "ca");
  config.revocations = BytesIn(object, "crl");
  config.min_version = static_cast<int>(NumberIn(object, "minVersion"));
  config.max_version = static_cast<int>(NumberIn(object, "maxVersion"));
  config.ciphers = TextIn(object, "ciphers");
  config.cipher_suites = TextIn(object, "cipherSuites");
  config.groups = TextIn(object, "groups");
  config.protocols = BytesIn(object, "alpn");
  config.verify_clients = static_cast<int>(NumberIn(object, "verifyClients"));
  config.verifies_servers = FlagIn(object, "verifiesServers");
  config.tickets = static_cast<unsigned>(NumberIn(object, "tickets"));
  config.session_timeout_s = static_cast<long>(NumberIn(object, "sessionTimeout"));
  config.ocsp_response = BytesIn(object, "ocspResponse");
  config.requests_ocsp = FlagIn(object, "requestsOcsp");
  config.key_log_file = TextIn(object, "keyLogFile");
  return config;
}

// createContext(config) -> { context, error, reason }
Napi::Value CreateContext(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto made = tls::MakeSettings(ToConfig(info[0].As<Napi::Object>()));
  Napi::Object result = Napi::Object::New(env);
  if (const auto* error = std::get_if<tls::ConfigError>(&made)) {
    result.Set("context", env.Undefined());
    result.Set("error", error->what);
    result.Set("reason", error->reason);
    return result;
  }
  auto settings = std::get<std::shared_ptr<const tls::Settings>>(std::move(made));
  auto handle = std::make_unique<ContextHandle>(tls::Context::Make(std::move(settings)));
  result.Set("context", Napi::External<ContextHandle>::New(
                            env, handle.release(), [](Napi::Env, ContextHandle* data) {
                              const std::unique_ptr<ContextHandle> owned(data);
                            }));
  result.Set("error", "");
  result.Set("reason", "");
  return result;
}

// replaceContext(context, other)
void ReplaceContext(const Napi::CallbackInfo& info) {
  const ContextHandle& context = ContextOf(info[0]);
  const ContextHandle& other = ContextOf(info[1]);
  tls::KeepTickets(*context->settings(), *other->settings());
  context->Replace(*other);
}

// setRoots(context, pem)
void SetRoots(const Napi::CallbackInfo& info) {
  const auto pem = info[1].As<Napi::Uint8Array>();
  ContextOf(info[0])->SetRoots({pem.Data(), pem.ByteLength()});
}

Napi::Value HasRoots(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), ContextOf(info[0])->has_roots());
}

// setServerNames(context, [{ name, context }])
void SetServerNames(const Napi::CallbackInfo& info) {
  const auto list = info[1].As<Napi::Array>();
  std::vector<tls::Context::Name> names;
  for (std::uint32_t i = 0; i < list.Length(); ++i) {
    const auto entry = list.Get(i).As<Napi::Object>();
    names.emplace_back(TextIn(entry, "name"), ContextOf(entry.Get("context")));
  }
  ContextOf(info[0])->SetServerNames(std::move(names));
}

Napi::Value ContextId(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), ContextOf(info[0])->id());
}

// createFilter(context, options) -> what the core takes as a stream filter
Napi::Value CreateFilter(const Napi::CallbackInfo& info) {
  const auto options = info[1].As<Napi::Object>();
  auto filter = std::make_unique<HpStreamFilter>(tls::MakeStreamFilter(
      ContextOf(info[0]),
      {.starts_by_itself = FlagIn(options, "autoHandshake"),
       .handshake_timeout_ms = static_cast<std::uint32_t>(NumberIn(options, "handshakeTimeoutMs")),
       .asks_server_name = FlagIn(options, "asksServerName"),
       .checks_host = FlagIn(options, "checksHost")}));
  return Napi::External<HpStreamFilter>::New(info.Env(), filter.release(),
                                             [](Napi::Env, HpStreamFilter* data) {
                                               const std::unique_ptr<HpStreamFilter> owned(data);
                                               owned->release(owned->context);
                                             });
}

template <auto kFunction>
void Add(Napi::Env env, Napi::Object& exports, const char* name) {
  exports.Set(name, Napi::Function::New(env, kFunction, name));
}

}  // namespace

void AddContextFunctions(Napi::Env env, Napi::Object exports) {
  Add<CreateContext>(env, exports, "createContext");
  Add<ReplaceContext>(env, exports, "replaceContext");
  Add<SetRoots>(env, exports, "setRoots");
  Add<HasRoots>(env, exports, "hasRoots");
  Add<SetServerNames>(env, exports, "setServerNames");
  Add<ContextId>(env, exports, "contextId");
  Add<CreateFilter>(env, exports, "createFilter");
  exports.Set("opensslVersion", OpenSSL_version(OPENSSL_VERSION_STRING));
}

}  // namespace hp::node
