// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "hp/stream_filter.h"
#include "tls/context.h"
#include "tls/secrets.h"
#include "tls/told.h"
#include "tls/wire.h"

namespace hp::tls {

// OpenSSL's part in one connection: the handshake, and what is known after it.
class LibrarySession {
 public:
  enum class Step {
    kDone,
    kNeedsBytes,
    kAsksName,  // Answer() has to come first
    kFailed,    // failure() says why
  };

  struct Parameters {
    HpFilterRole role = HP_FILTER_SERVER;
    // What was dialled: asked for by name, and looked for in the certificate.
    std::string host_name;
    bool checks_host = true;
    // A name without a context of its own is asked for.
    bool asks_server_name = false;
  };

  // Has what happens to sessions of this context reach them; their secrets for
  // the key log too, which takes time.
  static void Observe(SSL_CTX* ssl, bool logs_keys);

  // Nothing where there is no memory.
  static std::unique_ptr<LibrarySession> Open(std::shared_ptr<const Context> context,
                                              const Parameters& parameters, Wire& wire);
  ~LibrarySession();
  LibrarySession(const LibrarySession&) = delete;
  LibrarySession& operator=(const LibrarySession&) = delete;

  Step Advance();
  // Who answers for server_name(); nothing refuses the connection.
  void Answer(const std::shared_ptr<Context>& context);
  void AnswerDefault() { is_answered_ = true; }

  const std::string& server_name() const { return server_name_; }
  // What OpenSSL has to say of a call that has just failed.
  std::string failure() const;
  Info Describe() const;

  SSL* ssl() const { return ssl_.get(); }
  bool is_server() const { return parameters_.role == HP_FILTER_SERVER; }
  // A server's; complete once its handshake of TLS 1.3 is done.
  const Secrets& secrets() const { return secrets_; }
  // Records written with the keys those secrets make: tickets.
  std::uint32_t records_under_secrets() const {
    return wire_.records_written() - records_before_secrets_;
  }

 private:
  LibrarySession(std::shared_ptr<const Context> context, const Parameters& parameters, Wire& wire);

  static LibrarySession& Of(const SSL* ssl);
  bool SetUp();
  bool SetUpClient();
  int OnClientHello(int* alert);
  void OnSession(SessionPtr session);
  void Use(std::shared_ptr<const Settings> settings);
  std::string CacheKey() const;
  void DescribePeer(Info& info) const;

  Parameters parameters_;
  std::shared_ptr<const Context> context_;
  std::shared_ptr<const Settings> first_settings_;  // what the SSL was made with
  std::shared_ptr<const Settings> settings_;
  Wire& wire_;
  SslPtr ssl_;
  std::string server_name_;
  Secrets secrets_;
  std::uint32_t records_before_secrets_ = 0;
  bool is_name_known_ = false;
  bool is_answered_ = false;
  bool is_refused_ = false;
};

}  // namespace hp::tls
