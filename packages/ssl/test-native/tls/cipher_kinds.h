// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "contexts.h"

namespace hp::tls {

// A version of TLS and what it enciphers with.
struct CipherKind {
  const char* name;
  int version;
  const char* suite;  // of TLS 1.3

  Config With(Config config) const {
    config.cipher_suites = suite;
    return OfVersion(version, std::move(config));
  }
  friend void PrintTo(const CipherKind& kind, std::ostream* out) { *out << kind.name; }
};

inline constexpr CipherKind kCipherKinds[] = {
    {"Tls12", TLS1_2_VERSION, ""},
    {"Aes128", TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256"},
    {"Aes256", TLS1_3_VERSION, "TLS_AES_256_GCM_SHA384"},
    {"ChaCha20", TLS1_3_VERSION, "TLS_CHACHA20_POLY1305_SHA256"},
    {"Ccm", TLS1_3_VERSION, "TLS_AES_128_CCM_SHA256"},
};

class CipherTest : public ::testing::TestWithParam<CipherKind> {
 protected:
  const std::shared_ptr<Context> server_context = ContextOf(GetParam().With(ServerConfig()));
  const std::shared_ptr<Context> client_context = ContextOf(GetParam().With(ClientConfig()));
};

// Every test of a suite, with each of them.
#define HP_WITH_EVERY_CIPHER(suite)                                    \
  INSTANTIATE_TEST_SUITE_P(, suite, ::testing::ValuesIn(kCipherKinds), \
                           [](const auto& tested) { return std::string(tested.param.name); })

}  // namespace hp::tls
