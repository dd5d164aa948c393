// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "tls.h"

namespace hp::bench {
namespace {

template <auto free>
struct Free {
  template <typename Object>
  void operator()(Object* object) const {
    free(object);
  }
};
using ContextPointer = std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>>;
using SslPointer = std::unique_ptr<SSL, Free<SSL_free>>;
using SessionPointer = std::unique_ptr<SSL_SESSION, Free<SSL_SESSION_free>>;

std::string LastError() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason == nullptr ? "unknown TLS error" : reason;
}

void Require(bool is_done) {
  if (!is_done) throw std::runtime_error("OpenSSL: " + LastError());
}

class OpensslStream final : public TlsStream {
 public:
  OpensslStream(Fd connected, SSL_CTX* context, SSL_SESSION* session)
      : TlsStream(std::move(connected)), ssl_(SSL_new(context)), resumes_(session != nullptr) {
    // OpenSSL knows no MSG_DONTWAIT.
    if (fcntl(fd(), F_SETFL, O_NONBLOCK) < 0) ThrowErrno("fcntl");
    Require(ssl_ != nullptr && SSL_set_fd(ssl_.get(), fd()) == 1);
    if (resumes_) Require(SSL_set_session(ssl_.get(), session) == 1);
    SSL_set_connect_state(ssl_.get());
  }

  Transfer Handshake() override {
    ERR_clear_error();
    return Explain(SSL_do_handshake(ssl_.get()), 0);
  }

  Transfer Send(std::span<const char> bytes) override {
    ERR_clear_error();
    size_t sent = 0;
    const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent);
    return Explain(result, sent);
  }

  Transfer Receive(std::span<char> buffer) override {
    ERR_clear_error();
    size_t received = 0;
    const int result = SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &received);
    return Explain(result, received);
  }

  bool HoldsReceived() const override { return SSL_has_pending(ssl_.get()) == 1; }

  // In order, as clients do. The server's own goodbye then meets a closed socket and is answered
  // with a reset, so that next to nothing stays in TIME_WAIT here either.
  void Close() override {
    SSL_shutdown(ssl_.get());
    socket_.Reset();
  }

 private:
  Transfer Explain(int result, size_t bytes) {
    if (result == 1) {
      if (resumes_ && SSL_session_reused(ssl_.get()) == 0) {
        return Transfer::Failed("the server did not resume the session");
      }
      return Transfer::Moved(bytes);
    }
    const int system_error = errno;
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return Transfer::WantsReadable();
      case SSL_ERROR_WANT_WRITE:
        return Transfer::WantsWritable();
      case SSL_ERROR_ZERO_RETURN:
        return Transfer::Failed(kClosedByServer);
      case SSL_ERROR_SYSCALL:
        return Transfer::Failed(std::generic_category().message(system_error));
      default:
        return Transfer::Failed(LastError());
    }
  }

  SslPointer ssl_;
  bool resumes_;
};

class OpensslClient final : public TlsClient {
 public:
  explicit OpensslClient(Session session) : context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX* context = context_.get();
    Require(context != nullptr);
    Require(SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1);
    Require(SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256") == 1);
    Require(SSL_CTX_set1_groups_list(context, "X25519") == 1);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    // A header and its record in one call of the system.
    SSL_CTX_set_read_ahead(context, 1);
    // Whose certificate it is does not matter. That the server has its key is checked all the same.
    SSL_CTX_set_cert_verify_callback(
        context, [](X509_STORE_CTX*, void*) { return 1; }, nullptr);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    if (session == Session::kResumed) KeepSessions();
  }

  std::unique_ptr<TlsStream> Open(Fd connected) override {
    // OpenSSL lets no session be resumed twice, but not every server gives another when one is.
    const SessionPointer copy(newest_ == nullptr ? nullptr : SSL_SESSION_dup(newest_.get()));
    return std::make_unique<OpensslStream>(std::move(connected), context_.get(), copy.get());
  }

 private:
  void KeepSessions() {
    SSL_CTX_set_session_cache_mode(context_.get(),
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_set_app_data(context_.get(), this);
    SSL_CTX_sess_set_new_cb(context_.get(), [](SSL* ssl, SSL_SESSION* session) {
      auto* self = static_cast<OpensslClient*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
      self->newest_.reset(session);
      return 1;  // Taken.
    });
  }

  ContextPointer context_;
  SessionPointer newest_;
};

}  // namespace

std::unique_ptr<TlsClient> MakeTlsClient(Session session) {
  return std::make_unique<OpensslClient>(session);
}

}  // namespace hp::bench
