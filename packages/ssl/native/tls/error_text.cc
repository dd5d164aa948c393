// SPDX-License-Identifier: Apache-2.0
#include "tls/error_text.h"

#include "tls/library.h"

namespace hp::tls {

unsigned long TakeError() {
  unsigned long first = 0;
  while (const unsigned long error = ERR_get_error()) {
    const bool is_better = ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_LIB(first) != ERR_LIB_SSL;
    if (first == 0 || is_better) first = error;
  }
  return first;
}

std::string ErrorText(unsigned long error, const char* otherwise) {
  const char* reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  return reason == nullptr ? otherwise : reason;
}

std::string VerifyErrorText(long result) { return X509_verify_cert_error_string(result); }

}  // namespace hp::tls
