// SPDX-License-Identifier: Apache-2.0
#include "test_filter.h"

#include <algorithm>
#include <cstring>

namespace hp::net {
namespace {

constexpr int kBadMessage = 74;

struct Instance {
  TestFilter* context;
  HpFilterRole role;
  bool ready = false;
  bool over = false;
  std::string plain;  // for the application, when there was no room
};

Instance& Of(void* filter) { return *static_cast<Instance*>(filter); }

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

int Deliver(Instance& instance, HpFilterHost* host) {
  while (!instance.plain.empty()) {
    std::size_t room = 0;
    std::uint8_t* memory = host->reserve_plain(host, &room);
    if (memory == nullptr) return HP_FILTER_MORE;
    const std::size_t count = std::min(room, instance.plain.size());
    std::memcpy(memory, instance.plain.data(), count);
    host->commit_plain(host, count);
    instance.plain.erase(0, count);
  }
  return instance.over ? HP_FILTER_ENDED : HP_FILTER_OK;
}

void BecomeReady(Instance& instance, HpFilterHost* host) {
  instance.ready = true;
  host->ready(host);
}

int Start(void* filter, HpFilterHost* host) {
  if (Of(filter).role == HP_FILTER_CLIENT) Emit(host, {&TestFilter::kHello, 1});
  return HP_FILTER_OK;
}

int Receive(void* filter, HpFilterHost* host, const std::uint8_t* data, std::size_t size) {
  Instance& instance = Of(filter);
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (!instance.ready) {
    const bool serves = instance.role == HP_FILTER_SERVER;
    if (bytes[0] != (serves ? TestFilter::kHello : TestFilter::kWelcome)) return -kBadMessage;
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
      return -kBadMessage;
    }
    instance.over = true;
  }
  return Deliver(instance, host);
}

int Resume(void* filter, HpFilterHost* host) { return Deliver(Of(filter), host); }

int Send(void*, HpFilterHost* host, const std::uint8_t* data, std::size_t size) {
  Emit(host, TestFilter::Flip({reinterpret_cast<const char*>(data), size}));
  return HP_FILTER_OK;
}

int Finish(void*, HpFilterHost* host) {
  Emit(host, {&TestFilter::kGoodbye, 1});
  return HP_FILTER_OK;
}

int Obey(void*, HpFilterHost* host, std::uint32_t code, const std::uint8_t* data,
         std::size_t size) {
  if (code == TestFilter::kTellBack) host->tell(host, 100, data, size);
  if (code == TestFilter::kSetDeadline) host->set_deadline(host, 50);
  return code == TestFilter::kFail ? -kBadMessage : HP_FILTER_OK;
}

int Deadline(void*, HpFilterHost* host) {
  const std::uint8_t text[] = {'d', 'u', 'e'};
  host->tell(host, 101, text, sizeof(text));
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
    return new Instance{.context = self, .role = role, .plain = {}};
  };
  functions.start = Start;
  functions.receive = Receive;
  functions.resume = Resume;
  functions.send = Send;
  functions.finish = Finish;
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
