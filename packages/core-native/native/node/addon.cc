// SPDX-License-Identifier: Apache-2.0
#include <napi.h>

#include "node/boundary.h"
#include "node/component_functions.h"
#include "node/datagram_functions.h"
#include "node/link_functions.h"
#include "node/socket_functions.h"

namespace {

Napi::Object Initialise(Napi::Env env, Napi::Object exports) {
  exports.Set("boundaryVersion", static_cast<double>(hp::node::kBoundaryVersion));
  exports.Set("createLink", Napi::Function::New(env, hp::node::CreateLink));
  hp::node::AddComponentFunctions(env, exports);
  hp::node::AddDatagramFunctions(env, exports);
  hp::node::AddSocketFunctions(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(hp_core, Initialise)
