// SPDX-License-Identifier: Apache-2.0
#include "net/filter_stream.h"

#include "net/context.h"

namespace hp::net {

struct FilterStream::Host : HpFilterHost {
  Host(FilterStream& stream_of, Context& context_of, Connection& connection_of)
      : HpFilterHost{.reserve_plain = ReservePlain,
                     .commit_plain = CommitPlain,
                     .reserve_wire = ReserveWire,
                     .commit_wire = CommitWire,
                     .ready = Ready,
                     .permit = Permit,
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
    Of(host).connection.queue.Commit(size);
    Of(host).written += size;
  }
  static void Ready(HpFilterHost* host) {
    Of(host).stream.may_send_ = true;
    Of(host).context.Tell(EventKind::kHandshake, Of(host).connection);
  }
  static void Permit(HpFilterHost* host) { Of(host).stream.may_send_ = true; }
  static int TellScript(HpFilterHost* host, std::uint32_t code, const std::uint8_t* data,
                        std::size_t size) {
    const std::span bytes(reinterpret_cast<const std::byte*>(data), size);
    return Of(host).context.TellFilter(Of(host).connection, code, bytes) ? 1 : 0;
  }
  static void SetDeadline(HpFilterHost* host, std::uint32_t ms) {
    Of(host).stream.deadline_ms_ = ms == 0 ? 0 : Of(host).context.now_ms + ms;
  }

  FilterStream& stream;
  Context& context;
  Connection& connection;
  std::size_t written = 0;  // to the send queue, and not counted there so far
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

int FilterStream::Emptied(const Host& host, int answer) {
  has_more_ = false;
  return Noted(host, answer);
}

int FilterStream::Noted(const Host& host, int answer, std::size_t submitted) {
  if (submitted != 0 || host.written != 0) {
    host.context.Count(host.connection, submitted, host.written);
  }
  has_more_ |= answer == HP_FILTER_MORE;
  may_send_ &= answer >= 0;
  return answer;
}

int FilterStream::Start(Context& context, Connection& connection) {
  has_started_ = true;
  Host host(*this, context, connection);
  return Noted(host, filter_.start(instance_, &host));
}

int FilterStream::Receive(Context& context, Connection& connection,
                          std::span<const std::byte> bytes) {
  Host host(*this, context, connection);
  return Emptied(host, filter_.receive(instance_, &host, Bytes(bytes), bytes.size()));
}

int FilterStream::Resume(Context& context, Connection& connection) {
  Host host(*this, context, connection);
  return Emptied(host, filter_.resume(instance_, &host));
}

int FilterStream::Send(Context& context, Connection& connection,
                       std::span<const HpFilterPart> parts, std::size_t bytes) {
  Host host(*this, context, connection);
  return Noted(host, filter_.send(instance_, &host, parts.data(), parts.size()), bytes);
}

int FilterStream::Finish(Context& context, Connection& connection) {
  Host host(*this, context, connection);
  return Noted(host, filter_.finish(instance_, &host));
}

int FilterStream::End(Context& context, Connection& connection) {
  Host host(*this, context, connection);
  return Noted(host, filter_.end(instance_, &host));
}

int FilterStream::Command(Context& context, Connection& connection, std::uint32_t code,
                          std::span<const std::byte> bytes) {
  Host host(*this, context, connection);
  return Noted(host, filter_.command(instance_, &host, code, Bytes(bytes), bytes.size()));
}

int FilterStream::Deadline(Context& context, Connection& connection) {
  deadline_ms_ = 0;
  Host host(*this, context, connection);
  return Noted(host, filter_.deadline(instance_, &host));
}

}  // namespace hp::net
