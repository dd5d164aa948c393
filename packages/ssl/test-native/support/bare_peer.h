// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "certificates.h"
#include "peer.h"
#include "tls/library.h"
#include "tls/secrets.h"

namespace hp::tls {

// OpenSSL by itself at the other end: what everybody else uses.
class BarePeer final : public Peer {
 public:
  using Adjust = std::function<void(SSL*)>;

  // A client, which looks at no certificate; `adjust` sees it before its handshake.
  static BarePeer Client(const Adjust& adjust = {}) { return BarePeer(nullptr, adjust); }
  static BarePeer Server(const Identity& identity = TheServer(), const Adjust& adjust = {}) {
    return BarePeer(&identity, adjust);
  }
  BarePeer(const BarePeer&) = delete;
  BarePeer& operator=(const BarePeer&) = delete;

  void Give(std::string_view bytes) override;
  std::string Take() override;

  // Once it is open.
  void Send(std::string_view bytes);
  void UpdateKeys(bool asks_peer);
  void Finish();

  SSL* ssl() const { return ssl_.get(); }
  bool is_open() const { return SSL_is_init_finished(ssl()) != 0; }
  // The peer has said that nothing more follows.
  bool is_ended() const { return is_ended_; }
  // What the last alert of the peer's says; 255 where there was none.
  int alert() const { return alert_; }
  const std::string& failure() const { return failure_; }
  const std::string& received() const { return received_; }
  // Those of application data in TLS 1.3.
  const Secrets& secrets() const { return secrets_; }

 private:
  BarePeer(const Identity* identity, const Adjust& adjust);

  static BarePeer& Of(const SSL* ssl) { return *static_cast<BarePeer*>(SSL_get_app_data(ssl)); }
  void Advance();
  void OnSecret(std::string_view line);
  void Note(int result);

  SslContextPtr context_;
  SslPtr ssl_;
  Secrets secrets_;
  std::string received_;
  std::string failure_;
  int alert_ = 255;
  bool is_ended_ = false;
};

}  // namespace hp::tls
