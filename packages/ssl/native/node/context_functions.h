// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <napi.h>

namespace hp::node {

// Contexts and filters for JavaScript; src/binding.ts says what each does.
void AddContextFunctions(Napi::Env env, Napi::Object exports);

}  // namespace hp::node
