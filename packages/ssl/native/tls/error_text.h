// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace hp::tls {

// Empties OpenSSL's error queue: the first of its errors that is of TLS, else the
// first of all; 0 where there is none.
unsigned long TakeError();

// An error in OpenSSL's words, such as "wrong version number"; `otherwise` where
// there are none.
std::string ErrorText(unsigned long error, const char* otherwise);

// The words for the result of a verification, such as "certificate has expired".
std::string VerifyErrorText(long result);

}  // namespace hp::tls
