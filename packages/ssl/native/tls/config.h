// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hp::tls {

// What a context is made of. Empty stands for absent.
struct Config {
  std::vector<std::uint8_t> certificate;  // PEM, the chain behind the first
  std::vector<std::uint8_t> key;          // PEM
  std::optional<std::string> key_password;
  std::vector<std::uint8_t> authorities;  // PEM, any number
  std::vector<std::uint8_t> revocations;  // PEM, any number
  int min_version = 0;
  int max_version = 0;
  std::string ciphers;        // up to TLS 1.2
  std::string cipher_suites;  // TLS 1.3
  std::string groups;
  std::vector<std::uint8_t> protocols;  // ALPN, as on the wire
  int verify_clients = 0;               // SSL_VERIFY_ bits of the server's role
  bool verifies_servers = true;
  unsigned tickets = 1;  // of TLS 1.3 after a full handshake; 0: no tickets at all
  long session_timeout_s = 7200;
  std::vector<std::uint8_t> ocsp_response;  // DER
  bool requests_ocsp = false;
  std::string key_log_file;
};

// Why a context could not be made: `what` names the part of the Config.
struct ConfigError {
  const char* what;
  std::string reason;
};

}  // namespace hp::tls
