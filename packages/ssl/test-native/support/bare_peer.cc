// SPDX-License-Identifier: Apache-2.0
#include "bare_peer.h"

#include <array>
#include <string>

namespace hp::tls {
namespace {

void Read(std::string_view digits, Secret& secret) {
  const std::string text(digits);
  const std::span<std::uint8_t> bytes = secret.Make(text.size() / 2);
  std::size_t size = 0;
  OPENSSL_hexstr2buf_ex(bytes.data(), bytes.size(), &size, text.c_str(), '\0');
}

}  // namespace

BarePeer::BarePeer(const Identity* identity, const Adjust& adjust)
    : context_(SSL_CTX_new(TLS_method())) {
  SSL_CTX* context = context_.get();
  SSL_CTX_set_keylog_callback(context,
                              [](const SSL* of, const char* line) { Of(of).OnSecret(line); });
  SSL_CTX_set_info_callback(context, [](const SSL* of, int where, int value) {
    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT) Of(of).alert_ = value & 0xff;
  });
  if (identity != nullptr) {
    SSL_CTX_use_certificate(context, identity->certificate.get());
    SSL_CTX_use_PrivateKey(context, identity->key.get());
  }
  ssl_.reset(SSL_new(context));
  SSL_set_app_data(ssl(), this);
  SSL_set_bio(ssl(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  if (identity != nullptr) {
    SSL_set_accept_state(ssl());
  } else {
    SSL_set_connect_state(ssl());
  }
  if (adjust) adjust(ssl());
  Advance();
}

void BarePeer::Give(std::string_view bytes) {
  BIO_write(SSL_get_rbio(ssl()), bytes.data(), static_cast<int>(bytes.size()));
  Advance();
}

std::string BarePeer::Take() {
  char* data = nullptr;
  BIO* bio = SSL_get_wbio(ssl());
  const auto size = static_cast<std::size_t>(BIO_get_mem_data(bio, &data));
  std::string bytes(data, size);
  (void)BIO_reset(bio);
  return bytes;
}

void BarePeer::Send(std::string_view bytes) {
  const ErrorQueue queue;
  std::size_t written = 0;
  if (!bytes.empty()) Note(SSL_write_ex(ssl(), bytes.data(), bytes.size(), &written));
}

void BarePeer::UpdateKeys(bool asks_peer) {
  SSL_key_update(ssl(), asks_peer ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED);
  Note(SSL_do_handshake(ssl()));
}

void BarePeer::Finish() { SSL_shutdown(ssl()); }

void BarePeer::Advance() {
  const ErrorQueue queue;
  if (!failure_.empty()) return;
  if (!is_open()) {
    Note(SSL_do_handshake(ssl()));
    if (!is_open()) return;
  }
  std::array<char, 16384> plain;
  std::size_t size = 0;
  int result = 0;
  while ((result = SSL_read_ex(ssl(), plain.data(), plain.size(), &size)) == 1) {
    received_.append(plain.data(), size);
  }
  Note(result);
}

void BarePeer::Note(int result) {
  if (result == 1) return;
  switch (SSL_get_error(ssl(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      break;
    case SSL_ERROR_ZERO_RETURN:
      is_ended_ = true;
      break;
    default: {
      const char* reason = ERR_reason_error_string(ERR_peek_error());
      failure_ = reason == nullptr ? "broken" : reason;
    }
  }
}

void BarePeer::OnSecret(std::string_view line) {
  const std::string_view secret = line.substr(line.rfind(' ') + 1);
  if (line.starts_with("SERVER_TRAFFIC_SECRET_0 ")) Read(secret, secrets_.server);
  if (line.starts_with("CLIENT_TRAFFIC_SECRET_0 ")) Read(secret, secrets_.client);
}

}  // namespace hp::tls
