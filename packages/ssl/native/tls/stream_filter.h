// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "hp/stream_filter.h"
#include "tls/context.h"
#include "tls/filter.h"

namespace hp::tls {

// A filter for connections of one component, as the core takes one. The caller has
// one reference to it.
HpStreamFilter MakeStreamFilter(std::shared_ptr<const Context> context,
                                const FilterOptions& options);

}  // namespace hp::tls
