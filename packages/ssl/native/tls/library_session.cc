// SPDX-License-Identifier: Apache-2.0
#include "tls/library_session.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <mutex>
#include <optional>
#include <utility>

#include "tls/error_text.h"
#include "tls/key_provider.h"

namespace hp::tls {
namespace {

// The host name in the extension of a client's hello; nothing where there is none,
// or more than a name may have.
std::optional<std::string> NameIn(Bytes extension) {
  // A list of two bytes of length; a type; a name of two bytes of length.
  constexpr std::size_t kHead = 5;
  constexpr std::size_t kLongest = 255;
  if (extension.size() <= kHead || extension[2] != TLSEXT_NAMETYPE_host_name) return std::nullopt;
  const std::size_t length = static_cast<std::size_t>(extension[3] << 8) | extension[4];
  if (length == 0 || length > kLongest || extension.size() < kHead + length) return std::nullopt;
  const Bytes bytes = extension.subspan(kHead, length);
  std::string name(bytes.begin(), bytes.end());
  std::ranges::transform(name, name.begin(), [](unsigned char letter) {
    return static_cast<char>(std::tolower(letter));
  });
  return name;
}

void AppendLine(const std::string& file, const char* line) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  std::ofstream(file, std::ios::app | std::ios::binary) << line << '\n';
}

}  // namespace

void LibrarySession::Observe(SSL_CTX* ssl, bool logs_keys) {
  SSL_CTX_set_client_hello_cb(
      ssl, [](SSL* of, int* alert, void*) { return Of(of).OnClientHello(alert); }, nullptr);
  SSL_CTX_sess_set_new_cb(ssl, [](SSL* of, SSL_SESSION* session) {
    Of(of).OnSession(SessionPtr(session));
    return 1;
  });
  if (!logs_keys) return;
  SSL_CTX_set_keylog_callback(ssl, [](const SSL* of, const char* line) {
    AppendLine(Of(of).settings_->key_log_file, line);
  });
}

LibrarySession& LibrarySession::Of(const SSL* ssl) {
  return *static_cast<LibrarySession*>(SSL_get_app_data(ssl));
}

std::unique_ptr<LibrarySession> LibrarySession::Open(std::shared_ptr<const Context> context,
                                                     const Parameters& parameters, Wire& wire) {
  std::unique_ptr<LibrarySession> session(new LibrarySession(std::move(context), parameters, wire));
  return session->SetUp() ? std::move(session) : nullptr;
}

LibrarySession::LibrarySession(std::shared_ptr<const Context> context, const Parameters& parameters,
                               Wire& wire)
    : parameters_(parameters), context_(std::move(context)), wire_(wire) {}

// Nobody is told anything by it: an orderly end has had its say by now.
LibrarySession::~LibrarySession() {
  if (ssl_ != nullptr) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

bool LibrarySession::SetUp() {
  first_settings_ = context_->settings();
  ssl_.reset(SSL_new(first_settings_->ssl.get()));
  if (ssl_ == nullptr) return false;
  BIO* bio = NewBio(wire_);
  if (bio == nullptr) return false;
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_app_data(ssl_.get(), this);
  if (!is_server()) return SetUpClient();
  SSL_set_accept_state(ssl_.get());
  Use(first_settings_);
  return true;
}

bool LibrarySession::SetUpClient() {
  settings_ = first_settings_;
  SSL* ssl = ssl_.get();
  SSL_set_connect_state(ssl);
  SSL_set_verify(ssl, settings_->verifies_servers ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  SSL_set1_verify_cert_store(ssl, settings_->servers_trusted.get());
  const std::string& host = parameters_.host_name;
  X509_VERIFY_PARAM* checks = SSL_get0_param(ssl);
  // A name of no letters would be checked against nothing.
  if (parameters_.checks_host && host.empty()) return false;
  const bool is_address = X509_VERIFY_PARAM_set1_ip_asc(checks, host.c_str()) == 1;
  if (!parameters_.checks_host) {
    X509_VERIFY_PARAM_set1_ip(checks, nullptr, 0);
  } else if (!is_address) {
    X509_VERIFY_PARAM_set_hostflags(checks, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (SSL_set1_host(ssl, host.c_str()) != 1) return false;
  }
  ERR_clear_error();
  if (!is_address && !host.empty() && SSL_set_tlsext_host_name(ssl, host.c_str()) != 1)
    return false;
  server_name_ = is_address ? "" : host;
  if (settings_->requests_ocsp) SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp);
  if (const SessionPtr session = settings_->sessions.Take(CacheKey())) {
    SSL_set_session(ssl, session.get());
  }
  return true;
}

void LibrarySession::Use(std::shared_ptr<const Settings> settings) {
  settings_ = std::move(settings);
  SSL_set_SSL_CTX(ssl_.get(), settings_->ssl.get());
  // Which is not all that a context decides on.
  SSL_set_min_proto_version(ssl_.get(), SSL_CTX_get_min_proto_version(settings_->ssl.get()));
  SSL_set_max_proto_version(ssl_.get(), SSL_CTX_get_max_proto_version(settings_->ssl.get()));
  SSL_set_verify(ssl_.get(), settings_->verify_clients, nullptr);
  SSL_set1_verify_cert_store(ssl_.get(), settings_->clients_trusted.get());
}

LibrarySession::Step LibrarySession::Advance() {
  // What is written from here on is under the secrets of application data, once the
  // client has finished: that is when this call is the last.
  records_before_secrets_ = wire_.records_written();
  std::optional<SecretsCapture> capture;
  if (is_server()) capture.emplace(secrets_);
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) return Step::kDone;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return Step::kNeedsBytes;
    case SSL_ERROR_WANT_CLIENT_HELLO_CB:
      return Step::kAsksName;
    default:
      return Step::kFailed;
  }
}

int LibrarySession::OnClientHello(int* alert) {
  const unsigned char* extension = nullptr;
  std::size_t size = 0;
  if (!is_name_known_ &&
      SSL_client_hello_get0_ext(ssl_.get(), TLSEXT_TYPE_server_name, &extension, &size) == 1) {
    server_name_ = NameIn({extension, size}).value_or("");
    if (const auto named = context_->ForName(server_name_)) Answer(named);
  }
  is_name_known_ = true;
  if (is_refused_) {
    *alert = SSL_AD_UNRECOGNIZED_NAME;
    return SSL_CLIENT_HELLO_ERROR;
  }
  const bool asks = parameters_.asks_server_name && !server_name_.empty() && !is_answered_;
  return asks ? SSL_CLIENT_HELLO_RETRY : SSL_CLIENT_HELLO_SUCCESS;
}

void LibrarySession::Answer(const std::shared_ptr<Context>& context) {
  is_answered_ = true;
  is_refused_ = context == nullptr;
  if (!is_refused_ && context.get() != context_.get()) Use(context->settings());
}

void LibrarySession::OnSession(SessionPtr session) {
  if (is_server() || SSL_SESSION_is_resumable(session.get()) == 0) return;
  settings_->sessions.Put(CacheKey(), std::move(session));
}

// A name that was checked must not be taken for one that was not.
std::string LibrarySession::CacheKey() const {
  return (parameters_.checks_host ? "+" : "-") + parameters_.host_name;
}

std::string LibrarySession::failure() const {
  if (is_refused_) return "no certificate for the server name '" + server_name_ + "'";
  const unsigned long error = TakeError();
  std::string reason = ErrorText(error, "the TLS stream is broken");
  const long verified = SSL_get_verify_result(ssl_.get());
  if (verified == X509_V_OK || ERR_GET_REASON(error) != SSL_R_CERTIFICATE_VERIFY_FAILED)
    return reason;
  return reason + ": " + VerifyErrorText(verified);
}

Info LibrarySession::Describe() const {
  SSL* ssl = ssl_.get();
  Info info;
  info.AddNumber(InfoTag::kProtocol, static_cast<std::uint16_t>(SSL_version(ssl)));
  const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl);
  info.Add(InfoTag::kCipher, std::string_view(SSL_CIPHER_standard_name(cipher)));
  info.AddNumber(InfoTag::kCipherBits,
                 static_cast<std::uint16_t>(SSL_CIPHER_get_bits(cipher, nullptr)));
  if (const char* group = SSL_group_to_name(ssl, static_cast<int>(SSL_get_negotiated_group(ssl)))) {
    info.Add(InfoTag::kGroup, std::string_view(group));
  }
  const unsigned char* protocol = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(ssl, &protocol, &length);
  if (length != 0) info.Add(InfoTag::kApplicationProtocol, Bytes(protocol, length));
  if (!server_name_.empty()) info.Add(InfoTag::kServerName, std::string_view(server_name_));
  info.AddFlag(InfoTag::kResumed, SSL_session_reused(ssl) == 1);
  DescribePeer(info);
  return info;
}

void LibrarySession::DescribePeer(Info& info) const {
  SSL* ssl = ssl_.get();
  X509* certificate = SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr) return;
  const long result = SSL_get_verify_result(ssl);
  info.AddFlag(InfoTag::kVerified,
               result == X509_V_OK && SSL_get_verify_mode(ssl) != SSL_VERIFY_NONE);
  if (result != X509_V_OK)
    info.Add(InfoTag::kVerifyError, std::string_view(VerifyErrorText(result)));
  unsigned char* der = nullptr;
  if (const int size = i2d_X509(certificate, &der); size > 0) {
    info.Add(InfoTag::kPeerCertificate, Bytes(der, static_cast<std::size_t>(size)));
    OPENSSL_free(der);
  }
  // A server would be told of its own.
  if (is_server()) return;
  const unsigned char* response = nullptr;
  const long size = SSL_get_tlsext_status_ocsp_resp(ssl, &response);
  if (response != nullptr && size > 0) {
    info.Add(InfoTag::kOcspResponse, Bytes(response, static_cast<std::size_t>(size)));
  }
}

}  // namespace hp::tls
