// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error_code.h"

namespace hp::sys {

// The ErrorCode of a number of Winsock's. A number that has no equal elsewhere
// is kept: those begin at 10,000, and collide with none of ours.
ErrorCode FromNumber(int number);

// Of the last failed call.
ErrorCode LastError();

}  // namespace hp::sys
