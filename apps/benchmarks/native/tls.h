// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "options.h"
#include "sockets.h"
#include "stream.h"

namespace hp::bench {

// TLS 1.3 with TLS_AES_128_GCM_SHA256 and X25519, so that every server does the same work. The
// first Send() or Receive() shakes hands, or Handshake() where only that is wanted.
class TlsStream : public Stream {
 public:
  using Stream::Stream;

  // kMoved: done.
  virtual Transfer Handshake() = 0;
};

// What the connections to one server have in common. It outlives them.
class TlsClient {
 public:
  virtual ~TlsClient() = default;

  // With Session::kResumed a stream resumes the session that the server gave last, and fails where
  // the server does not let it. There is none before the first connection has been answered: until
  // then streams shake hands in full.
  virtual std::unique_ptr<TlsStream> Open(Fd connected) = 0;
};

// Throws std::runtime_error where the program was built without OpenSSL.
std::unique_ptr<TlsClient> MakeTlsClient(Session session);

}  // namespace hp::bench
