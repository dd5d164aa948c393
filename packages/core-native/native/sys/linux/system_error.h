// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>

#include "base/error_code.h"

namespace hp::sys {

// ErrorCode uses Linux's numbers, so here nothing needs translating.
inline ErrorCode FromErrno(int number) { return static_cast<ErrorCode>(number); }
inline ErrorCode LastError() { return FromErrno(errno); }

}  // namespace hp::sys
