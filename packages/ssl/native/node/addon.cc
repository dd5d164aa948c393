// SPDX-License-Identifier: Apache-2.0
#include <napi.h>

#include "node/context_functions.h"

namespace {

// Of the functions below; src/binding.ts has its twin.
constexpr double kBoundaryVersion = 1;

Napi::Object Initialise(Napi::Env env, Napi::Object exports) {
  exports.Set("boundaryVersion", kBoundaryVersion);
  hp::node::AddContextFunctions(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(hp_ssl, Initialise)
