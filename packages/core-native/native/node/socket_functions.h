// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <napi.h>

namespace hp::node {

// Questions to and settings of single sockets, by handle, on `exports`.
void AddSocketFunctions(Napi::Env env, Napi::Object& exports);

}  // namespace hp::node
