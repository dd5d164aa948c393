// SPDX-License-Identifier: Apache-2.0
#include "tls/filter.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "tls/library_records.h"
#include "tls/record_layer.h"

namespace hp::tls {
namespace {

// ErrorCode, as the core has them.
constexpr int kTimedOut = 110;
constexpr int kTruncated = 1009;

// What a client may send before it is answered: its hello, and nothing behind it.
constexpr std::size_t kMaxUnansweredBytes = 65536;

int Tell(HpFilterHost* host, Told code, Bytes bytes) {
  return host->tell(host, static_cast<std::uint32_t>(code), bytes.data(), bytes.size());
}

Bytes BytesOf(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

// The wire and OpenSSL's error queue are ours from the beginning of a call to its end.
class Filter::Call {
 public:
  Call(Filter& filter, HpFilterHost* host) : filter_(filter) { filter_.wire_.Begin(host); }
  ~Call() { filter_.wire_.End(); }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

 private:
  const ErrorQueue queue_;
  Filter& filter_;
};

Filter::Filter(std::shared_ptr<const Context> context, const FilterOptions& options,
               HpFilterRole role, const char* host_name)
    : context_(std::move(context)),
      options_(options),
      host_name_(host_name == nullptr ? nullptr : std::make_unique<std::string>(host_name)),
      role_(role) {}

int Filter::Start(HpFilterHost* host) {
  if (!options_.starts_by_itself) {
    host->permit(host);
    return HP_FILTER_OK;
  }
  const Call call(*this, host);
  return Conclude(host, StartHandshake(host));
}

int Filter::Receive(HpFilterHost* host, Bytes bytes) {
  const Call call(*this, host);
  wire_.Feed(bytes);
  return Conclude(host, Go(host));
}

int Filter::Resume(HpFilterHost* host) {
  const Call call(*this, host);
  return Conclude(host, Go(host));
}

int Filter::Send(HpFilterHost* host, std::span<const HpFilterPart> parts) {
  const Call call(*this, host);
  if (phase_ == Phase::kPlain) {
    for (const HpFilterPart& part : parts) wire_.Write({part.data, part.size});
    return HP_FILTER_OK;
  }
  if (records_ == nullptr) return HP_FILTER_OK;
  return Conclude(host, records_->Seal(wire_, parts));
}

int Filter::Finish(HpFilterHost* host) {
  if (records_ == nullptr) return HP_FILTER_OK;
  const Call call(*this, host);
  records_->Finish(wire_);
  return HP_FILTER_OK;
}

int Filter::End(HpFilterHost* host) {
  if (phase_ == Phase::kPlain) return HP_FILTER_ENDED;
  const std::string reason = phase_ == Phase::kOpen
                                 ? "the peer ended the connection without close_notify"
                                 : "the peer ended the connection during the handshake";
  Tell(host, Told::kFailure, BytesOf(reason));
  return -kTruncated;
}

int Filter::Command(HpFilterHost* host, std::uint32_t code, Bytes bytes) {
  const Call call(*this, host);
  switch (static_cast<Order>(code)) {
    case Order::kStartHandshake:
      return phase_ == Phase::kPlain ? Conclude(host, StartHandshake(host)) : HP_FILTER_OK;
    case Order::kServerName:
      return Conclude(host, TakeAnswer(host, bytes));
  }
  return HP_FILTER_OK;
}

int Filter::Deadline(HpFilterHost* host) {
  phase_ = Phase::kFailed;
  Tell(host, Told::kFailure, BytesOf("the TLS handshake took too long"));
  return -kTimedOut;
}

Verdict Filter::StartHandshake(HpFilterHost* host) {
  LibrarySession::Parameters parameters{
      .role = role_,
      .host_name = host_name_ == nullptr ? "" : std::move(*host_name_),
      .checks_host = options_.checks_host,
      .asks_server_name = options_.asks_server_name,
  };
  host_name_.reset();
  session_ = LibrarySession::Open(context_, parameters, wire_);
  if (session_ == nullptr) return Verdict::Broken("a TLS session could not be made");
  phase_ = Phase::kHandshake;
  host->set_deadline(host, options_.handshake_timeout_ms);
  return Go(host);
}

Verdict Filter::Go(HpFilterHost* host) {
  switch (phase_) {
    case Phase::kPlain:
      return Pass(host);
    case Phase::kHandshake:
      return Shake(host);
    case Phase::kAsking:
      if (wire_.waiting().size() > kMaxUnansweredBytes)
        return Verdict::Broken("excessive message size");
      return was_asked_ ? Verdict{} : Ask(host);
    case Phase::kAnnouncing:
      return Announce(host);
    case Phase::kOpen:
      return records_->Open(wire_, host);
    case Phase::kFailed:
      break;
  }
  wire_.Skip(wire_.waiting().size());
  return {};
}

Verdict Filter::Pass(HpFilterHost* host) {
  while (!wire_.waiting().empty()) {
    std::size_t room = 0;
    std::uint8_t* plain = host->reserve_plain(host, &room);
    if (plain == nullptr) return {.answer = HP_FILTER_MORE};
    const std::size_t count = std::min(room, wire_.waiting().size());
    std::copy_n(wire_.waiting().begin(), count, plain);
    host->commit_plain(host, count);
    wire_.Skip(count);
  }
  return {};
}

Verdict Filter::Shake(HpFilterHost* host) {
  switch (session_->Advance()) {
    case LibrarySession::Step::kNeedsBytes:
      return {};
    case LibrarySession::Step::kAsksName:
      phase_ = Phase::kAsking;
      was_asked_ = false;
      return Ask(host);
    case LibrarySession::Step::kFailed:
      return Verdict::Broken(session_->failure());
    case LibrarySession::Step::kDone:
      break;
  }
  info_ = std::make_unique<Info>(session_->Describe());
  records_ = RecordLayer::TakeOver(*session_);
  if (records_ == nullptr) records_ = std::make_unique<LibraryRecords>(std::move(session_));
  session_.reset();
  phase_ = Phase::kAnnouncing;
  host->set_deadline(host, 0);
  return Announce(host);
}

Verdict Filter::Ask(HpFilterHost* host) {
  was_asked_ = Tell(host, Told::kServerName, BytesOf(session_->server_name())) != 0;
  return {.answer = was_asked_ ? HP_FILTER_OK : HP_FILTER_MORE};
}

Verdict Filter::TakeAnswer(HpFilterHost* host, Bytes bytes) {
  if (phase_ != Phase::kAsking || bytes.size() != sizeof(std::uint32_t)) return {};
  std::uint32_t id = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) id |= std::uint32_t{bytes[i]} << (8 * i);
  if (id == kDefaultName) {
    session_->AnswerDefault();
  } else {
    session_->Answer(id == kRefuseName ? nullptr : Context::Find(id));
  }
  phase_ = Phase::kHandshake;
  return Shake(host);
}

Verdict Filter::Announce(HpFilterHost* host) {
  if (Tell(host, Told::kConnectionInfo, info_->bytes()) == 0) return {.answer = HP_FILTER_MORE};
  info_.reset();
  phase_ = Phase::kOpen;
  host->ready(host);
  return records_->Open(wire_, host);
}

int Filter::Conclude(HpFilterHost* host, const Verdict& verdict) {
  if (verdict.answer < 0 && phase_ != Phase::kFailed) {
    phase_ = Phase::kFailed;
    Tell(host, Told::kFailure, BytesOf(verdict.reason));
  }
  return verdict.answer;
}

}  // namespace hp::tls
