// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "hp/stream_filter.h"

namespace hp::net {

class Context;
struct Connection;
class Receiver;

// One connection's stream filter, and the host it sees: bytes for the
// application go straight into receive memory, bytes for the peer straight into
// the send queue.
class FilterStream {
 public:
  // Nothing when the filter refuses the connection.
  static std::unique_ptr<FilterStream> Open(const HpStreamFilter& filter, HpFilterRole role,
                                            const char* host_name);
  ~FilterStream();
  FilterStream(const FilterStream&) = delete;
  FilterStream& operator=(const FilterStream&) = delete;

  // Each calls the filter; the caller looks at what it answers and then sends
  // what has been queued.
  int Start(Context& context, Connection& connection);
  int Receive(Context& context, Connection& connection, std::span<const std::byte> bytes);
  int Resume(Context& context, Connection& connection);
  int Send(Context& context, Connection& connection, std::span<const std::byte> bytes);
  int Finish(Context& context, Connection& connection);
  int Command(Context& context, Connection& connection, std::uint32_t code,
              std::span<const std::byte> bytes);
  int Deadline(Context& context, Connection& connection);

  bool is_ready() const { return is_ready_; }
  bool has_more() const { return has_more_; }
  // 0: none.
  std::uint64_t deadline_ms() const { return deadline_ms_; }

 private:
  // The host of one call: knows whose call it is.
  struct Host;

  FilterStream(const HpStreamFilter& filter, void* instance)
      : filter_(filter), instance_(instance) {}
  // Looks whether the filter still holds bytes: one that was to hand over all it
  // has says so either way, any other only that it does.
  int Emptied(int answer);
  int Noted(int answer);

  const HpStreamFilter& filter_;
  void* instance_;
  std::uint64_t deadline_ms_ = 0;
  bool is_ready_ = false;
  bool has_more_ = false;
};

}  // namespace hp::net
