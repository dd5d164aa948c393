// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error_code.h"

namespace hp::sys {

// The ErrorCode of a number of Winsock's. A number that has no equal elsewhere
// is kept: it collides with no other, for Winsock's begin at 10,000.
ErrorCode FromNumber(int number);

// Of the last failed call.
ErrorCode LastError();

}  // namespace hp::sys
