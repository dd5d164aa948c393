// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tls/library.h"

namespace hp::tls {

using Pem = std::vector<std::uint8_t>;

// A certificate and the key of its subject.
struct Identity {
  CertificatePtr certificate;
  KeyPtr key;
};

// What a certificate says. They hold from 2020 on: nothing in one depends on when
// the test runs.
struct Subject {
  std::string name = "localhost";
  std::string alternatives = "DNS:localhost,IP:127.0.0.1";
  const Identity* issuer = nullptr;  // nobody: signed by itself
  bool is_authority = false;
  const char* ends = "21200101000000Z";
  std::size_t ballast = 0;  // bytes of a comment
};

KeyPtr MakeEcKey();
KeyPtr MakeRsaKey();
Identity Issue(const Subject& subject, KeyPtr key = MakeEcKey());

Pem PemOf(const Identity& identity);
Pem KeyPemOf(const Identity& identity, const char* password = nullptr);
// A list of an authority's that revokes one certificate.
Pem RevocationOf(const Identity& identity, const Identity& authority);
Pem operator+(Pem first, const Pem& second);
std::vector<std::uint8_t> DerOf(const Identity& identity);

// Those that most tests make do with, made once a process.
const Identity& TheRoot();
const Identity& TheIntermediate();  // of TheRoot()
const Identity& TheServer();        // of TheIntermediate(), for "localhost"

}  // namespace hp::tls
