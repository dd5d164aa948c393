// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>

#include "base/error_code.h"

namespace hp::sys {

// ErrorCode uses Linux's numbers, so here nothing needs translating.
inline ErrorCode FromNumber(int number) { return static_cast<ErrorCode>(number); }

// Of the last failed call.
inline ErrorCode LastError() { return FromNumber(errno); }

}  // namespace hp::sys
