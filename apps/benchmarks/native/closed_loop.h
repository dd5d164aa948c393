// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "measurement.h"
#include "options.h"
#include "payload.h"
#include "sockets.h"
#include "stream.h"
#include "tls.h"

namespace hp::bench {

// Many connections in one epoll loop, each sending its next message only when
// an earlier one has come back whole and right.
class ClosedLoop {
 public:
  explicit ClosedLoop(const Options& options);

  // Returns once the server has accepted every connection.
  void OpenConnections();

  // Warms up, measures, then waits for everything in flight, so that every byte sent is verified.
  Report Run();

  uint64_t errors() const { return errors_; }

 private:
  // Positions count bytes from the start of the connection's stream:
  // received <= sent <= granted.
  struct Connection {
    std::unique_ptr<Stream> stream;  // none once closed
    uint32_t number = 0;
    uint64_t granted = 0;
    uint64_t sent = 0;
    uint64_t received = 0;
    bool awaits_writable = false;
    std::vector<Time> granted_at;  // of message n at n % outstanding
  };

  void Open(Connection& connection);
  void Reopen(Connection& connection);
  void Refill(Connection& connection, Time now);
  void Grant(Connection& connection, uint32_t messages, Time now);
  void Send(Connection& connection);
  std::span<const char> Unsent(const Connection& connection);
  void AwaitWritable(Connection& connection, bool wanted);
  void Receive(Connection& connection);
  void Take(Connection& connection, std::span<const char> bytes);
  bool Verify(Connection& connection, std::span<const char> bytes, Time now);
  void Complete(const Connection& connection, Time now);
  void Fail(Connection& connection, std::string_view reason);
  void HandleEvents();

  uint64_t InFlight(const Connection& connection) const;

  Options options_;
  Payload payload_;
  Measurement measurement_;
  Fd epoll_;
  std::unique_ptr<TlsClient> tls_;  // none without TLS
  std::vector<Connection> connections_;
  std::unique_ptr<char[]> buffer_;
  std::unique_ptr<char[]> gathered_;

  uint32_t connections_opened_ = 0;
  uint64_t in_flight_ = 0;
  uint64_t errors_ = 0;
};

}  // namespace hp::bench
