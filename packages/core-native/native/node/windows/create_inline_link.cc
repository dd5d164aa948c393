// SPDX-License-Identifier: Apache-2.0
#include "node/create_inline_link.h"

namespace hp::node {

// A completion port cannot be watched: libuv waits for one of its own.
std::unique_ptr<Link> CreateInlineLink(Napi::Env /*env*/) { return nullptr; }

}  // namespace hp::node
