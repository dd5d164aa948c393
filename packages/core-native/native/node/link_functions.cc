// SPDX-License-Identifier: Apache-2.0
#include "node/link_functions.h"

#include <array>
#include <memory>
#include <utility>

#include "node/create_inline_link.h"
#include "node/thread_link.h"
#include "node/values.h"

namespace hp::node {
namespace {

std::uint64_t ToId(std::uint32_t low, std::uint32_t high) {
  return (std::uint64_t{high} << 32) | low;
}

// Arguments of a hot call, read without the wrapper's allocations.
template <std::size_t kCount>
struct Arguments {
  Arguments(napi_env environment, napi_callback_info info) : env(environment) {
    std::size_t count = kCount;
    void* data = nullptr;
    napi_get_cb_info(env, info, &count, values.data(), nullptr, &data);
    link = static_cast<Link*>(data);
  }
  std::uint32_t Number(std::size_t index) const {
    std::uint32_t number = 0;
    napi_get_value_uint32(env, values[index], &number);
    return number;
  }
  std::uint64_t Id(std::size_t low) const { return ToId(Number(low), Number(low + 1)); }

  napi_env env;
  std::array<napi_value, kCount> values;
  Link* link = nullptr;
};

napi_value FlushCall(napi_env env, napi_callback_info info) {
  Arguments<0>(env, info).link->Flush();
  return nullptr;
}

// sendNow(slot, idLow, idHigh, bytes, offset, length)
napi_value SendNowCall(napi_env env, napi_callback_info info) {
  const Arguments<6> arguments(env, info);
  void* data = nullptr;
  napi_get_typedarray_info(env, arguments.values[3], nullptr, nullptr, &data, nullptr, nullptr);
  const auto* bytes = static_cast<const std::byte*>(data) + arguments.Number(4);
  arguments.link->SendNow(arguments.Number(0), arguments.Id(1), {bytes, arguments.Number(5)});
  return nullptr;
}

// pendingBytes(slot, idLow, idHigh, sent)
napi_value PendingBytesCall(napi_env env, napi_callback_info info) {
  const Arguments<4> arguments(env, info);
  napi_value result;
  napi_create_uint32(
      env, arguments.link->PendingBytes(arguments.Number(0), arguments.Id(1), arguments.Number(3)),
      &result);
  return result;
}

// setBlock(index, bytes)
napi_value SetBlockCall(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  void* data = nullptr;
  napi_get_typedarray_info(env, arguments.values[1], nullptr, nullptr, &data, nullptr, nullptr);
  arguments.link->js_memory().SetBlock(arguments.Number(0), static_cast<std::byte*>(data));
  return nullptr;
}

// remoteAddress(slot, idLow, idHigh)
napi_value RemoteAddressCall(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  const net::Connection* connection = arguments.link->Find(arguments.Number(0), arguments.Id(1));
  return connection == nullptr ? nullptr : napi_value(ToAddress(env, connection->peer));
}

// descriptor(slot, idLow, idHigh): -1 when the connection is unknown.
napi_value DescriptorCall(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  const net::Connection* connection = arguments.link->Find(arguments.Number(0), arguments.Id(1));
  const std::int64_t handle = connection == nullptr ? -1 : connection->socket.handle;
  napi_value result;
  napi_create_int64(env, handle, &result);
  return result;
}

// connectPeriod(slot, idLow, idHigh), silencePeriod(slot, idLow, idHigh)
template <std::uint64_t (Link::*kPeriod)(std::uint32_t, std::uint64_t)>
napi_value PeriodCall(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  const std::uint64_t period = (arguments.link->*kPeriod)(arguments.Number(0), arguments.Id(1));
  napi_value result;
  napi_create_double(env, static_cast<double>(period), &result);
  return result;
}

// setCacheLimits(chunks, connections)
napi_value SetCacheLimitsCall(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  const std::uint32_t chunks = arguments.Number(0);
  const std::uint32_t connections = arguments.Number(1);
  arguments.link->Post([chunks, connections](net::Reactor& reactor) {
    reactor.SetCacheLimits(chunks, connections);
  });
  return nullptr;
}

template <void (Link::*kMethod)()>
napi_value SimpleCall(napi_env env, napi_callback_info info) {
  (Arguments<0>(env, info).link->*kMethod)();
  return nullptr;
}

void AddFunction(Napi::Env env, Napi::Object& object, const char* name, napi_callback callback,
                 Link* link) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, link, &function);
  object.Set(name, function);
}

template <typename T>
T* DataOf(const Napi::Value& typed_array) {
  void* data = nullptr;
  napi_get_typedarray_info(typed_array.Env(), typed_array, nullptr, nullptr, &data, nullptr,
                           nullptr);
  return static_cast<T*>(data);
}

}  // namespace

Napi::Value CreateLink(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  std::unique_ptr<Link> link;
  const std::int32_t thread = info[3].As<Napi::Number>().Int32Value();
  if (thread < 0) {
    link = CreateInlineLink(env);
  } else {
    link = ThreadLink::Create(env, static_cast<std::size_t>(thread));
  }
  if (link == nullptr) return env.Undefined();
  const auto memory = info[2].As<Napi::Object>();
  link->SetUp(info[0].As<Napi::Object>(), info[1].As<Napi::Function>(),
              {.control = DataOf<std::uint32_t>(PropertyOf(memory, "control")),
               .records = DataOf<net::Event>(PropertyOf(memory, "records")),
               .commands = DataOf<std::byte>(PropertyOf(memory, "commands"))});
  Napi::Object object = Napi::Object::New(env);
  Link* raw = link.get();
  AddFunction(env, object, "flush", FlushCall, raw);
  AddFunction(env, object, "sendNow", SendNowCall, raw);
  AddFunction(env, object, "pendingBytes", PendingBytesCall, raw);
  AddFunction(env, object, "setBlock", SetBlockCall, raw);
  AddFunction(env, object, "remoteAddress", RemoteAddressCall, raw);
  AddFunction(env, object, "descriptor", DescriptorCall, raw);
  AddFunction(env, object, "connectPeriod", PeriodCall<&Link::ConnectPeriod>, raw);
  AddFunction(env, object, "silencePeriod", PeriodCall<&Link::SilencePeriod>, raw);
  AddFunction(env, object, "setCacheLimits", SetCacheLimitsCall, raw);
  AddFunction(env, object, "ref", SimpleCall<&Link::Ref>, raw);
  AddFunction(env, object, "unref", SimpleCall<&Link::Unref>, raw);
  AddFunction(env, object, "close", SimpleCall<&Link::Close>, raw);
  // This fails where the environment is being torn down: nobody will use the link then.
  const napi_status wrapped = napi_wrap(
      env, object, raw,
      [](napi_env, void* data, void*) {
        const std::unique_ptr<Link> owned(static_cast<Link*>(data));
      },
      nullptr, nullptr);
  if (wrapped == napi_ok) static_cast<void>(link.release());
  return object;
}

Link* LinkOf(const Napi::Value& object) {
  void* data = nullptr;
  napi_unwrap(object.Env(), object, &data);
  return static_cast<Link*>(data);
}

}  // namespace hp::node
