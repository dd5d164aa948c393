// SPDX-License-Identifier: Apache-2.0
//
// Built where OpenSSL's development files are not installed.
#include <stdexcept>

#include "tls.h"

namespace hp::bench {

std::unique_ptr<TlsClient> MakeTlsClient(Session) {
  throw std::runtime_error(
      "built without OpenSSL; on Debian or Ubuntu: apt-get install libssl-dev");
}

}  // namespace hp::bench
