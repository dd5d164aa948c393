// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ostream>

#include "base/error_code.h"

namespace hp {

inline void PrintTo(ErrorCode error, std::ostream* out) { *out << static_cast<int>(error); }

}  // namespace hp
