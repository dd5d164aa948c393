// SPDX-License-Identifier: Apache-2.0
#include "net/filter_stream.h"

#include <algorithm>
#include <cstring>

#include "net/context.h"

namespace hp::net {

struct FilterStream::Host : HpFilterHost {
  Host(FilterStream& stream_of, Context& context_of, Connection& connection_of)
      : HpFilterHost{.reserve_plain = ReservePlain,
                     .commit_plain = CommitPlain,
                     .reserve_wire = ReserveWire,
                     .commit_wire = CommitWire,
                     .ready = Ready,
                     .tell = TellScript,
                     .set_deadline = SetDeadline},
        stream(stream_of),
        context(context_of),
        connection(connection_of) {}

  static Host& Of(HpFilterHost* host) { return *static_cast<Host*>(host); }

  static std::uint8_t* ReservePlain(HpFilterHost* host, std::size_t* room) {
    const std::span<std::byte> memory = Of(host).context.intake.Reserve(Of(host).connection);
    *room = memory.size();
    return memory.empty() ? nullptr : reinterpret_cast<std::uint8_t*>(memory.data());
  }
  static void CommitPlain(HpFilterHost* host, std::size_t size) {
    Of(host).context.TellReceived(Of(host).connection, size);
  }
  static std::uint8_t* ReserveWire(HpFilterHost* host, std::size_t wanted, std::size_t* room) {
    const std::span<std::byte> memory =
        Of(host).connection.queue.Reserve(wanted, Of(host).context.pool);
    *room = memory.size();
    return reinterpret_cast<std::uint8_t*>(memory.data());
  }
  static void CommitWire(HpFilterHost* host, std::size_t size) {
    Of(host).context.Enqueued(Of(host).connection, size);
  }
  static void Ready(HpFilterHost* host) {
    Of(host).stream.is_ready_ = true;
    Of(host).context.Tell(EventKind::kHandshake, Of(host).connection);
  }
  static void TellScript(HpFilterHost* host, std::uint32_t code, const std::uint8_t* data,
                         std::size_t size) {
    Of(host).context.TellFilter(Of(host).connection, code,
                                {reinterpret_cast<const std::byte*>(data), size});
  }
  static void SetDeadline(HpFilterHost* host, std::uint32_t ms) {
    Of(host).stream.deadline_ms_ = ms == 0 ? 0 : Of(host).context.now_ms + ms;
  }

  FilterStream& stream;
  Context& context;
  Connection& connection;
};

namespace {

const std::uint8_t* Bytes(std::span<const std::byte> bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

}  // namespace

std::unique_ptr<FilterStream> FilterStream::Open(const HpStreamFilter& filter, HpFilterRole role,
                                                 const char* host_name) {
  void* instance = filter.open(filter.context, role, host_name);
  if (instance == nullptr) return nullptr;
  return std::unique_ptr<FilterStream>(new FilterStream(filter, instance));
}

FilterStream::~FilterStream() { filter_.close(instance_); }

int FilterStream::Emptied(int answer) {
  has_more_ = answer == HP_FILTER_MORE;
  return answer;
}

int FilterStream::Noted(int answer) {
  has_more_ |= answer == HP_FILTER_MORE;
  return answer;
}

int FilterStream::Start(Context& context, Connection& connection) {
  Host host(*this, context, connection);
  return Noted(filter_.start(instance_, &host));
}

int FilterStream::Receive(Context& context, Connection& connection,
                          std::span<const std::byte> bytes) {
  Host host(*this, context, connection);
  return Emptied(filter_.receive(instance_, &host, Bytes(bytes), bytes.size()));
}

int FilterStream::Resume(Context& context, Connection& connection) {
  Host host(*this, context, connection);
  return Emptied(filter_.resume(instance_, &host));
}

int FilterStream::Send(Context& context, Connection& connection, std::span<const std::byte> bytes) {
  Host host(*this, context, connection);
  return Noted(filter_.send(instance_, &host, Bytes(bytes), bytes.size()));
}

int FilterStream::Finish(Context& context, Connection& connection) {
  Host host(*this, context, connection);
  return filter_.finish(instance_, &host);
}

int FilterStream::Command(Context& context, Connection& connection, std::uint32_t code,
                          std::span<const std::byte> bytes) {
  Host host(*this, context, connection);
  return Noted(filter_.command(instance_, &host, code, Bytes(bytes), bytes.size()));
}

int FilterStream::Deadline(Context& context, Connection& connection) {
  deadline_ms_ = 0;
  Host host(*this, context, connection);
  return Noted(filter_.deadline(instance_, &host));
}

}  // namespace hp::net
