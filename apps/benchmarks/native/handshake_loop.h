// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string_view>

#include "measurement.h"
#include "options.h"
#include "sockets.h"
#include "tls.h"

namespace hp::bench {

// Begins so many TLS handshakes a second, whether or not earlier ones have ended: a server that
// stands still now and then is met as it is met by clients that know nothing of it.
class HandshakeLoop {
 public:
  explicit HandshakeLoop(const Options& options);

  // Each handshake begun after the warm-up is a message of the report or an error.
  Report Run();

 private:
  struct Attempt {
    Time begin;
    std::unique_ptr<TlsStream> stream;
    std::list<Attempt>::iterator place;
  };

  void Begin();
  void HandleEvents(Time until);
  void Continue(Attempt& attempt);
  void End(Attempt& attempt, std::string_view failure);

  Options options_;
  std::unique_ptr<TlsClient> client_;
  Fd epoll_;
  std::list<Attempt> open_;  // the oldest first
  Time measured_from_;
  uint32_t begun_ = 0;
  Report report_;
};

}  // namespace hp::bench
