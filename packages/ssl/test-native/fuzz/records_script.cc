// SPDX-License-Identifier: Apache-2.0
#include "records_script.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

namespace hp::tls {
namespace {

void Expect(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "it does not hold that %s\n", what);
  std::abort();
}

const CipherSuite& SuiteOf(std::uint8_t byte) { return *CipherSuite::Of(0x1301u + byte % 3); }

std::size_t RoomOf(std::size_t amount) { return amount == 0 ? 65536 : amount; }

}  // namespace

RecordsScript::RecordsScript(std::string_view input)
    : input_(input),
      suite_(SuiteOf(input_.Byte())),
      peer_(suite_, RecordPeer::SomeSecrets(suite_)),
      layer_(suite_) {
  Expect(layer_.Use(RecordPeer::SomeSecrets(suite_), 0), "the secrets can be used");
}

void RecordsScript::Run() {
  while (!input_.empty() && !is_over_) {
    Play(static_cast<RecordsStep>(input_.Byte() % kRecordsSteps));
    Check();
  }
  if (!is_honest_) return;
  host_.plain_stock = TestHost::kUnlimited;
  Deliver(std::exchange(under_way_, {}));
  Check();
  Expect(is_over_ || host_.plain == client_sent_, "all that was sent has arrived");
}

void RecordsScript::Play(RecordsStep step) {
  switch (step) {
    case RecordsStep::kData: {
      const std::string content(input_.Amount(), 'd');
      const std::size_t padding = input_.Amount();
      under_way_ += peer_.Seal(kDataType, content, padding);
      client_sent_ += content;
      is_honest_ &= content.size() + padding <= kMaxPlainBytes;
      if (content.empty()) return NoteIdle();
      idle_ = 0;
      return;
    }
    case RecordsStep::kRecord: {
      const std::uint8_t type = input_.Byte();
      const std::string_view content = input_.Take(input_.Byte());
      under_way_ += peer_.Seal(type, content, input_.Amount());
      is_honest_ = false;
      return;
    }
    case RecordsStep::kAlert: {
      const std::string_view alert = input_.Take(2);
      under_way_ += peer_.Seal(kAlertType, alert);
      is_honest_ = false;
      return;
    }
    case RecordsStep::kKeyUpdate: {
      const std::array<char, 5> message = {24, 0, 0, 1, input_.Flag() ? '\1' : '\0'};
      under_way_ += peer_.Seal(kHandshakeType, {message.data(), message.size()});
      peer_.UpdateSealer();
      return NoteIdle();
    }
    case RecordsStep::kBytes:
      under_way_ += input_.Take(input_.Byte());
      is_honest_ = false;
      return;
    case RecordsStep::kFlip: {
      const std::size_t bit = input_.Word();
      if (under_way_.empty()) return;
      char& byte = under_way_[bit / 8 % under_way_.size()];
      byte = static_cast<char>(byte ^ (1 << bit % 8));
      is_honest_ = false;
      return;
    }
    case RecordsStep::kCut:
      under_way_.resize(under_way_.size() - std::min(under_way_.size(), input_.Amount()));
      is_honest_ = false;
      return;
    case RecordsStep::kDeliver: {
      const std::size_t count = std::min(RoomOf(input_.Amount()), under_way_.size());
      const std::string bytes = under_way_.substr(0, count);
      under_way_.erase(0, count);
      return Deliver(bytes);
    }
    case RecordsStep::kGiveRoom: {
      host_.plain_step = RoomOf(input_.Amount());
      const std::size_t stock = input_.Amount();
      host_.plain_stock = stock == 0 ? TestHost::kUnlimited : stock;
      return Deliver("");
    }
    case RecordsStep::kSend:
      return Send();
    case RecordsStep::kWireRoom:
      host_.wire_step = RoomOf(input_.Amount());
      return;
    case RecordsStep::kFinish:
      if (std::exchange(is_finished_, true)) return;
      wire_.Begin(&host_);
      layer_.Finish(wire_);
      wire_.End();
      return;
  }
}

void RecordsScript::Deliver(std::string_view bytes) {
  // Memory of exactly this size: a sanitizer sees who reads behind it.
  const std::vector<std::uint8_t> copy(bytes.begin(), bytes.end());
  wire_.Begin(&host_);
  wire_.Feed(copy);
  Note(layer_.Open(wire_, &host_));
  wire_.End();
}

void RecordsScript::Send() {
  const std::string first(input_.Amount(), 'a');
  const std::string second(input_.Amount(), 'b');
  if (is_finished_) return;
  std::vector<HpFilterPart> parts;
  for (const std::string* part : {&first, &second}) {
    parts.push_back({reinterpret_cast<const std::uint8_t*>(part->data()), part->size()});
  }
  wire_.Begin(&host_);
  Note(layer_.Seal(wire_, parts));
  wire_.End();
  server_sent_ += first + second;
}

void RecordsScript::Note(const Verdict& verdict) {
  Expect(verdict.answer <= HP_FILTER_ENDED, "it answers in a known way");
  if (verdict.answer == HP_FILTER_MORE) Expect(host_.plain_stock == 0, "more waits for room alone");
  if (verdict.answer < 0) Expect(!verdict.reason.empty(), "a failure has a reason");
  is_over_ = verdict.answer < 0 || verdict.answer == HP_FILTER_ENDED;
  if (is_honest_) Expect(!is_over_, "it has nothing against what is right");
}

void RecordsScript::NoteIdle() {
  constexpr int kMostIdle = 32;
  if (++idle_ > kMostIdle) is_honest_ = false;
}

void RecordsScript::Check() {
  Expect(host_.misuses == 0, "the host is used as it may be");
  Expect(ERR_peek_error() == 0 || !is_honest_, "what is right leaves no error");
  ERR_clear_error();
  for (const RecordPeer::Record& record : peer_.Open(std::exchange(host_.wire, {}))) {
    if (record.type == kDataType) client_received_ += record.content;
    if (record.type == kAlertType) Expect(record.content.size() == 2, "an alert has two bytes");
  }
  Expect(client_received_ == server_sent_, "what is sent can be opened");
  if (is_honest_) Expect(client_sent_.starts_with(host_.plain), "what arrives has been sent");
}

}  // namespace hp::tls
