// SPDX-License-Identifier: Apache-2.0
#include "test_filter.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

namespace hp::net {
namespace {

constexpr int kBadMessage = 74;
constexpr int kTruncated = 1009;

struct Instance {
  TestFilter* context;
  HpFilterRole role;
  bool started = false;
  bool ready = false;
  bool may_send = false;
  bool finished = false;
  bool over = false;       // the peer has said goodbye
  bool told_over = false;  // that has been answered, or end() been called
  bool failed = false;
  bool has_more = false;
  std::string plain;   // for the application, when there was no room
  std::string untold;  // for JavaScript, likewise
};

Instance& Of(void* filter) { return *static_cast<Instance*>(filter); }

// A function begins: may it be called at all?
Instance& Called(void* filter, bool fits = true) {
  Instance& instance = Of(filter);
  if (!instance.started || instance.failed || !fits) ++instance.context->misuses;
  return instance;
}

// And ends with `answer`.
int Answered(Instance& instance, int answer) {
  instance.failed |= answer < 0;
  instance.told_over |= answer == HP_FILTER_ENDED;
  return answer;
}

void Emit(HpFilterHost* host, std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t room = 0;
    std::uint8_t* wire = host->reserve_wire(host, bytes.size(), &room);
    const std::size_t count = std::min(room, bytes.size());
    std::memcpy(wire, bytes.data(), count);
    host->commit_wire(host, count);
    bytes.remove_prefix(count);
  }
}

bool Tell(HpFilterHost* host, std::uint32_t code, std::string_view text) {
  return host->tell(host, code, reinterpret_cast<const std::uint8_t*>(text.data()), text.size()) !=
         0;
}

// Hands over what there was no room for before.
int Deliver(Instance& instance, HpFilterHost* host) {
  instance.has_more = true;
  if (!instance.untold.empty() && !Tell(host, 100, instance.untold)) return HP_FILTER_MORE;
  instance.untold.clear();
  while (!instance.plain.empty()) {
    std::size_t room = 0;
    std::uint8_t* memory = host->reserve_plain(host, &room);
    if (memory == nullptr) return HP_FILTER_MORE;
    const std::size_t count = std::min(room, instance.plain.size());
    std::memcpy(memory, instance.plain.data(), count);
    host->commit_plain(host, count);
    instance.plain.erase(0, count);
  }
  instance.has_more = false;
  return instance.over ? HP_FILTER_ENDED : HP_FILTER_OK;
}

void BecomeReady(Instance& instance, HpFilterHost* host) {
  instance.ready = instance.may_send = true;
  host->ready(host);
}

int Start(void* filter, HpFilterHost* host) {
  Instance& instance = Of(filter);
  if (std::exchange(instance.started, true)) ++instance.context->misuses;
  if (instance.context->permits_early) {
    instance.may_send = true;
    host->permit(host);
  }
  if (instance.role == HP_FILTER_CLIENT) Emit(host, {&TestFilter::kHello, 1});
  return HP_FILTER_OK;
}

int Receive(void* filter, HpFilterHost* host, const std::uint8_t* data, std::size_t size) {
  Instance& instance = Called(filter, !Of(filter).told_over && !Of(filter).has_more && size != 0);
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (!instance.ready) {
    const bool serves = instance.role == HP_FILTER_SERVER;
    if (bytes[0] != (serves ? TestFilter::kHello : TestFilter::kWelcome)) {
      return Answered(instance, -kBadMessage);
    }
    if (serves) Emit(host, {&TestFilter::kWelcome, 1});
    BecomeReady(instance, host);
    bytes.remove_prefix(1);
  }
  const std::size_t end =
      bytes.find_first_of(std::string{TestFilter::kGoodbye, TestFilter::kNonsense});
  instance.plain += TestFilter::Flip(bytes.substr(0, end));
  if (end != std::string_view::npos) {
    if (bytes[end] == TestFilter::kNonsense) {
      Emit(host, "?");
      return Answered(instance, -kBadMessage);
    }
    instance.over = true;
  }
  return Answered(instance, Deliver(instance, host));
}

int Resume(void* filter, HpFilterHost* host) {
  Instance& instance = Called(filter, !Of(filter).told_over);
  return Answered(instance, Deliver(instance, host));
}

int Send(void* filter, HpFilterHost* host, const HpFilterPart* parts, std::size_t count) {
  Instance& instance = Called(filter, Of(filter).may_send && !Of(filter).finished);
  instance.context->sends.push_back(count);
  for (const HpFilterPart& part : std::span(parts, count)) {
    const std::string_view bytes(reinterpret_cast<const char*>(part.data), part.size);
    Emit(host, instance.ready ? TestFilter::Flip(bytes) : std::string(bytes));
  }
  return HP_FILTER_OK;
}

int Finish(void* filter, HpFilterHost* host) {
  Instance& instance = Called(filter, !Of(filter).finished);
  instance.finished = true;
  Emit(host, {&TestFilter::kGoodbye, 1});
  return HP_FILTER_OK;
}

int End(void* filter, HpFilterHost* host) {
  Instance& instance = Called(filter, !Of(filter).told_over && !Of(filter).has_more);
  ++instance.context->ends;
  instance.told_over = true;
  if (!instance.context->wants_goodbye) return HP_FILTER_OK;
  Emit(host, "!");
  return Answered(instance, -kTruncated);
}

int Obey(void* filter, HpFilterHost* host, std::uint32_t code, const std::uint8_t* data,
         std::size_t size) {
  Instance& instance = Called(filter);
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (code == TestFilter::kSetDeadline) host->set_deadline(host, 50);
  if (code == TestFilter::kWrite) Emit(host, bytes);
  if (code == TestFilter::kFail) return Answered(instance, -kBadMessage);
  if (code != TestFilter::kTellBack) return HP_FILTER_OK;
  instance.untold += bytes;
  // After the end there is no resume() to come.
  if (instance.told_over || Tell(host, 100, instance.untold)) {
    instance.untold.clear();
    return HP_FILTER_OK;
  }
  instance.has_more = true;
  return HP_FILTER_MORE;
}

int Deadline(void* filter, HpFilterHost* host) {
  Called(filter);
  Tell(host, 101, "due");
  return HP_FILTER_OK;
}

}  // namespace

HpStreamFilter TestFilter::Functions() {
  HpStreamFilter functions{};
  functions.magic = HP_STREAM_FILTER_MAGIC;
  functions.version = HP_STREAM_FILTER_VERSION;
  functions.context = this;
  functions.retain = [](void* context) { ++static_cast<TestFilter*>(context)->contexts; };
  functions.release = [](void* context) { --static_cast<TestFilter*>(context)->contexts; };
  functions.open = [](void* context, HpFilterRole role, const char* host_name) -> void* {
    auto* self = static_cast<TestFilter*>(context);
    if (self->refuses) return nullptr;
    self->last_host_name = host_name == nullptr ? "" : host_name;
    ++self->instances;
    ++self->opened;
    return new Instance{.context = self, .role = role, .plain = {}, .untold = {}};
  };
  functions.start = Start;
  functions.receive = Receive;
  functions.resume = Resume;
  functions.send = Send;
  functions.finish = Finish;
  functions.end = End;
  functions.command = Obey;
  functions.deadline = Deadline;
  functions.close = [](void* filter) {
    --Of(filter).context->instances;
    delete &Of(filter);
  };
  return functions;
}

std::string TestFilter::Flip(std::string_view bytes) {
  std::string flipped(bytes);
  for (char& byte : flipped) byte = static_cast<char>(byte ^ 0x20);
  return flipped;
}

}  // namespace hp::net
