// SPDX-License-Identifier: Apache-2.0
#include "tls/settings_builder.h"

#include <openssl/rand.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <utility>

#include "tls/error_text.h"
#include "tls/key_provider.h"
#include "tls/library_session.h"
#include "tls/pem.h"

namespace hp::tls {
namespace {

using Problem = std::optional<ConfigError>;

Problem Wrong(const char* what, const char* otherwise) {
  return ConfigError{.what = what, .reason = ErrorText(TakeError(), otherwise)};
}

Problem UseCertificate(SSL_CTX* ssl, const Config& config) {
  const std::vector<CertificatePtr> chain = ReadCertificates(config.certificate);
  if (!EndsInOrder() || chain.empty()) return Wrong("certificate", "there is no certificate in it");
  if (SSL_CTX_use_certificate(ssl, chain.front().get()) != 1) {
    return Wrong("certificate", "the certificate cannot be used");
  }
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(ssl, chain[i].get()) != 1) {
      return Wrong("certificate", "the chain cannot be used");
    }
  }
  const KeyPtr key = ReadKey(config.key, config.key_password);
  if (key == nullptr)
    return Wrong(config.key_password ? "password" : "key", "there is no key in it");
  if (SSL_CTX_use_PrivateKey(ssl, key.get()) != 1 || SSL_CTX_check_private_key(ssl) != 1) {
    return Wrong("mismatch", "the key is not that of the certificate");
  }
  return std::nullopt;
}

Problem UseAuthorities(Settings& settings, const Config& config) {
  if (config.authorities.empty()) return std::nullopt;
  const std::vector<CertificatePtr> authorities = ReadCertificates(config.authorities);
  if (!EndsInOrder() || authorities.empty()) return Wrong("ca", "there is no certificate in it");
  for (const CertificatePtr& authority : authorities) {
    X509_STORE_add_cert(settings.servers_trusted.get(), authority.get());
    X509_STORE_add_cert(settings.clients_trusted.get(), authority.get());
    // What a server tells clients, so that they know which certificate to show.
    SSL_CTX_add_client_CA(settings.ssl.get(), authority.get());
  }
  return std::nullopt;
}

Problem UseRevocations(Settings& settings, const Config& config) {
  if (config.revocations.empty()) return std::nullopt;
  const std::vector<CertificateListPtr> lists = ReadRevocations(config.revocations);
  if (!EndsInOrder() || lists.empty()) return Wrong("crl", "there is no revocation list in it");
  for (X509_STORE* store : {settings.servers_trusted.get(), settings.clients_trusted.get()}) {
    for (const CertificateListPtr& list : lists) X509_STORE_add_crl(store, list.get());
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  }
  return std::nullopt;
}

Problem UseAlgorithms(SSL_CTX* ssl, const Config& config) {
  if (SSL_CTX_set_min_proto_version(ssl, config.min_version) != 1 ||
      SSL_CTX_set_max_proto_version(ssl, config.max_version) != 1) {
    return Wrong("versions", "this OpenSSL does not offer them");
  }
  if (!config.ciphers.empty() && SSL_CTX_set_cipher_list(ssl, config.ciphers.c_str()) != 1) {
    return Wrong("ciphers", "no cipher matches");
  }
  if (!config.cipher_suites.empty() &&
      SSL_CTX_set_ciphersuites(ssl, config.cipher_suites.c_str()) != 1) {
    return Wrong("ciphers", "no cipher suite matches");
  }
  if (!config.groups.empty() && SSL_CTX_set1_groups_list(ssl, config.groups.c_str()) != 1) {
    return Wrong("groups", "no group matches");
  }
  return std::nullopt;
}

int ChooseProtocol(SSL*, const unsigned char** chosen, unsigned char* length,
                   const unsigned char* offered, unsigned offered_length, void* given) {
  const auto& ours = static_cast<const Settings*>(given)->protocols;
  unsigned char* found = nullptr;
  const int outcome = SSL_select_next_proto(
      &found, length, ours.data(), static_cast<unsigned>(ours.size()), offered, offered_length);
  *chosen = found;
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// OpenSSL frees what it is given here.
int StapleResponse(SSL* ssl, void* given) {
  if (SSL_is_server(ssl) == 0) return 1;
  const auto& response = static_cast<const Settings*>(given)->ocsp_response;
  if (response.empty()) return SSL_TLSEXT_ERR_NOACK;
  void* copy = OPENSSL_memdup(response.data(), response.size());
  if (copy == nullptr) return SSL_TLSEXT_ERR_NOACK;
  SSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<long>(response.size()));
  return SSL_TLSEXT_ERR_OK;
}

void UseExtensions(Settings& settings, const Config& config) {
  SSL_CTX* ssl = settings.ssl.get();
  settings.protocols = config.protocols;
  settings.ocsp_response = config.ocsp_response;
  settings.requests_ocsp = config.requests_ocsp;
  if (!config.protocols.empty()) {
    SSL_CTX_set_alpn_protos(ssl, config.protocols.data(),
                            static_cast<unsigned>(config.protocols.size()));
    SSL_CTX_set_alpn_select_cb(ssl, ChooseProtocol, &settings);
  }
  SSL_CTX_set_tlsext_status_cb(ssl, StapleResponse);
  SSL_CTX_set_tlsext_status_arg(ssl, &settings);
}

void UseSessions(Settings& settings, const Config& config) {
  SSL_CTX* ssl = settings.ssl.get();
  // Servers keep none themselves: what they know of a session is in its ticket.
  SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_set_timeout(ssl, config.session_timeout_s);
  SSL_CTX_set_num_tickets(ssl, config.tickets);
  if (config.tickets == 0) SSL_CTX_set_options(ssl, SSL_OP_NO_TICKET);
  // A session is of use with the context alone that it was made with.
  auto& id = settings.session_context;
  RAND_bytes(id.data(), static_cast<int>(id.size()));
  SSL_CTX_set_session_id_context(ssl, id.data(), static_cast<unsigned>(id.size()));
}

Problem UseKeyLog(Settings& settings, const Config& config) {
  settings.key_log_file = config.key_log_file;
  if (config.key_log_file.empty() || std::ofstream(config.key_log_file, std::ios::app)) {
    return std::nullopt;
  }
  return ConfigError{.what = "keylog", .reason = "the file cannot be written"};
}

Problem Fill(Settings& settings, const Config& config) {
  SSL_CTX* ssl = settings.ssl.get();
  // The chain is the one that was given: OpenSSL would look for one at each handshake.
  SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_options(
      ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  settings.verify_clients = config.verify_clients;
  settings.verifies_servers = config.verifies_servers;
  if (Problem problem = UseAlgorithms(ssl, config)) return problem;
  if (!config.certificate.empty()) {
    if (Problem problem = UseCertificate(ssl, config)) return problem;
    settings.has_certificate = true;
  }
  if (Problem problem = UseAuthorities(settings, config)) return problem;
  if (Problem problem = UseRevocations(settings, config)) return problem;
  if (Problem problem = UseKeyLog(settings, config)) return problem;
  UseSessions(settings, config);
  UseExtensions(settings, config);
  LibrarySession::Observe(ssl, !settings.key_log_file.empty());
  return std::nullopt;
}

}  // namespace

std::variant<std::shared_ptr<const Settings>, ConfigError> MakeSettings(const Config& config) {
  const ErrorQueue queue;
  auto settings = std::make_shared<Settings>();
  settings->ssl.reset(NewSslContext());
  settings->servers_trusted.reset(X509_STORE_new());
  settings->clients_trusted.reset(X509_STORE_new());
  if (settings->ssl == nullptr || settings->servers_trusted == nullptr ||
      settings->clients_trusted == nullptr) {
    return ConfigError{.what = "memory", .reason = "out of memory"};
  }
  if (Problem problem = Fill(*settings, config)) return *std::move(problem);
  return std::shared_ptr<const Settings>(std::move(settings));
}

void KeepTickets(const Settings& from, const Settings& to) {
  if (from.verify_clients != SSL_VERIFY_NONE || to.verify_clients != SSL_VERIFY_NONE) return;
  std::array<unsigned char, 128> keys;
  const long size = SSL_CTX_get_tlsext_ticket_keys(from.ssl.get(), nullptr, 0);
  if (size <= 0 || static_cast<std::size_t>(size) > keys.size()) return;
  SSL_CTX_get_tlsext_ticket_keys(from.ssl.get(), keys.data(), size);
  SSL_CTX_set_tlsext_ticket_keys(to.ssl.get(), keys.data(), size);
  OPENSSL_cleanse(keys.data(), keys.size());
  to.session_context = from.session_context;
  SSL_CTX_set_session_id_context(to.ssl.get(), to.session_context.data(),
                                 static_cast<unsigned>(to.session_context.size()));
}

}  // namespace hp::tls
