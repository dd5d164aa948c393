// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "datagram_batch.h"
#include "measurement.h"
#include "options.h"
#include "payload.h"
#include "sockets.h"

namespace hp::bench {

// Many connected UDP sockets in one epoll loop, each sending its next datagram
// only when an earlier one has come back whole and right, or is taken for lost.
class DatagramLoop {
 public:
  explicit DatagramLoop(const Options& options);

  // Warms up, measures, then waits for everything in flight. Throws when a
  // datagram comes back that is not what was sent, or more than once.
  Report Run();

 private:
  // One of the `outstanding` datagrams of a socket; place n has the sequence
  // numbers n, n + outstanding, n + 2 * outstanding, …
  struct Place {
    uint64_t sequence = 0;
    Time sent_at;
    bool is_in_flight = false;
  };
  struct Socket {
    Fd fd;
    uint32_t number = 0;
    std::vector<Place> places;
    std::unordered_set<uint64_t> lost;
  };

  void Refill(Socket& socket, Time now);
  void Write(std::span<char> datagram, const Socket& socket, uint64_t sequence) const;
  void Receive(Socket& socket);
  void Verify(Socket& socket, std::span<const char> datagram, Time now);
  void ReplaceLost(Time now);
  void HandleEvents();

  std::span<const char> Body(const Socket& socket, uint64_t sequence) const;

  Options options_;
  Payload payload_;
  Measurement measurement_;
  Fd epoll_;
  std::vector<Socket> sockets_;
  DatagramBatch incoming_;
  DatagramBatch outgoing_;
  uint64_t in_flight_ = 0;
  Time answered_at_;
  Time looked_for_lost_at_;
};

}  // namespace hp::bench
