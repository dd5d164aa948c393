// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "net/component.h"
#include "sys/stream_socket.h"

namespace hp::node {

// JavaScript values to native ones and back. The engine has validated them
// (src/settings.ts); nothing here checks again.

// A property, an element. Undefined where the environment is being torn down,
// which may begin in the middle of any call: what is read from it is empty then.
Napi::Value PropertyOf(const Napi::Object& object, const char* name);
Napi::Value ElementOf(const Napi::Array& array, std::uint32_t index);

net::ComponentSettings ToSettings(const Napi::Object& object);
sys::Handle ToHandle(const Napi::Value& value);
sys::RawOption ToRawOption(const Napi::Object& object);
std::vector<sys::RawOption> ToRawOptions(const Napi::Value& array);

// {error, call}: error 0 says it went well.
Napi::Object ToResult(Napi::Env env, const sys::Failure& failure);
// {address, port}, or undefined for none.
Napi::Value ToAddress(Napi::Env env, const sys::Endpoint& endpoint);

}  // namespace hp::node
