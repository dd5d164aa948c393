// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "node/link.h"

namespace hp::node {

// A link whose reactor runs inside Node's own loop. Nothing when the system has
// no descriptors left, or no way for that loop to watch a backend.
std::unique_ptr<Link> CreateInlineLink(Napi::Env env);

}  // namespace hp::node
