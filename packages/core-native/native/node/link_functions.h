// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <napi.h>

#include "node/link.h"

namespace hp::node {

// createLink(target, deliver, memory, thread): the functions of one link, as an
// object; undefined when the system has no descriptors or threads left. `thread`
// is the number of the thread within its component, or -1 for an inline link.
Napi::Value CreateLink(const Napi::CallbackInfo& info);

// The link behind an object that CreateLink() made. Nothing where the environment
// is being torn down, which may happen in the middle of any call.
Link* LinkOf(const Napi::Value& object);

}  // namespace hp::node
