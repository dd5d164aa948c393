// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tls/config.h"
#include "tls/library.h"
#include "tls/session_cache.h"

namespace hp::tls {

// What new connections are made with: never changes, and lives as long as one of
// them does.
struct Settings {
  SslContextPtr ssl;
  StorePtr servers_trusted;  // whom clients trust
  StorePtr clients_trusted;  // whom servers trust
  bool has_certificate = false;
  int verify_clients = 0;
  bool verifies_servers = true;
  std::vector<std::uint8_t> protocols;
  std::vector<std::uint8_t> ocsp_response;
  bool requests_ocsp = false;
  std::string key_log_file;
  // Mutable until it is used: see KeepTickets().
  mutable std::array<std::uint8_t, SSL_MAX_SSL_SESSION_ID_LENGTH> session_context;
  mutable SessionCache sessions;
};

// A TLS context as the application holds one. Any thread may call.
class Context {
 public:
  using Name = std::pair<std::string, std::weak_ptr<Context>>;

  static std::shared_ptr<Context> Make(std::shared_ptr<const Settings> settings);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // The context with this number, as long as there is one.
  static std::shared_ptr<Context> Find(std::uint32_t id);
  std::uint32_t id() const { return id_; }

  std::shared_ptr<const Settings> settings() const;
  // New connections get what `other` has; the others keep what they have.
  void Replace(const Context& other);

  // Certificates that clients trust besides those of the Config.
  void SetRoots(Bytes pem);
  bool has_roots() const;

  // Lower-case names; "*.example.com" stands for every name of one label more.
  void SetServerNames(std::vector<Name> names);
  // Who answers for a name, which is lower-case; nothing where that is nobody.
  std::shared_ptr<Context> ForName(std::string_view name) const;

 private:
  explicit Context(std::shared_ptr<const Settings> settings) : settings_(std::move(settings)) {}

  mutable std::mutex mutex_;
  std::uint32_t id_ = 0;
  std::shared_ptr<const Settings> settings_;
  std::map<std::string, std::weak_ptr<Context>, std::less<>> names_;
  bool has_roots_ = false;
};

}  // namespace hp::tls
