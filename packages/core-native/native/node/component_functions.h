// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <napi.h>

namespace hp::node {

// createComponent, openListener, listen, stop, connect, … on `exports`.
void AddComponentFunctions(Napi::Env env, Napi::Object& exports);

}  // namespace hp::node
