// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/ssl.h>

#include "tls/secrets.h"

namespace hp::tls {

// A context whose key schedule of TLS 1.3 is ours: a provider brings it, in a library
// context of its own, so that Node's other users of OpenSSL know nothing of it. It
// takes a fraction of the time that OpenSSL's does, which looks every algorithm up by
// name at each of two dozen steps, and it sees the secrets that the record layer needs.
//
// Where OpenSSL is to keep to FIPS 140 the context is an ordinary one.
SSL_CTX* NewSslContext();

// While one lives, secrets of application data that this thread derives are kept.
class SecretsCapture {
 public:
  explicit SecretsCapture(Secrets& into);
  ~SecretsCapture();
  SecretsCapture(const SecretsCapture&) = delete;
  SecretsCapture& operator=(const SecretsCapture&) = delete;
};

}  // namespace hp::tls
