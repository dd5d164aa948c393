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

  // Each calls the filter and counts what it has queued; the caller looks at what
  // it answers, and sends that.
  int Start(Context& context, Connection& connection);
  int Receive(Context& context, Connection& connection, std::span<const std::byte> bytes);
  int Resume(Context& context, Connection& connection);
  // Of `bytes` altogether.
  int Send(Context& context, Connection& connection, std::span<const HpFilterPart> parts,
           std::size_t bytes);
  int Finish(Context& context, Connection& connection);
  int End(Context& context, Connection& connection);
  int Command(Context& context, Connection& connection, std::uint32_t code,
              std::span<const std::byte> bytes);
  int Deadline(Context& context, Connection& connection);

  bool has_started() const { return has_started_; }
  // Whether the application may, and the filter is fit for it.
  bool may_send() const { return may_send_; }
  bool has_more() const { return has_more_; }
  // 0: none.
  std::uint64_t deadline_ms() const { return deadline_ms_; }

 private:
  // The host of one call: knows whose call it is.
  struct Host;

  FilterStream(const HpStreamFilter& filter, void* instance)
      : filter_(filter), instance_(instance) {}
  // Looks whether the filter still holds something: one that was to hand over all
  // it has says so either way, any other only that it does. One that has failed
  // is called no more. Counts `submitted` bytes of JavaScript's, and what is queued.
  int Emptied(const Host& host, int answer);
  int Noted(const Host& host, int answer, std::size_t submitted = 0);

  const HpStreamFilter& filter_;
  void* instance_;
  std::uint64_t deadline_ms_ = 0;
  bool has_started_ = false;
  bool may_send_ = false;
  bool has_more_ = false;
};

}  // namespace hp::net
