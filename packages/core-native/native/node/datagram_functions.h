// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <napi.h>

namespace hp::node {

// The functions of datagram sockets; see src/binding.ts.
void AddDatagramFunctions(Napi::Env env, Napi::Object& exports);

}  // namespace hp::node
