// SPDX-License-Identifier: Apache-2.0

// A stream filter for tests, an addon of its own: every byte is xored with a
// key, after a handshake of three one-byte messages (client 'h', server 'i',
// client '!'). 'x' instead of any of them is a failure, and the byte 0xff on the
// wire ends the stream. One that starts plain lets bytes pass unchanged until it
// is ordered to begin its handshake. It shows what the TLS filter needs of the
// interface.

#include <node_api.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "hp/stream_filter.h"

namespace {

constexpr int kBadMessage = 74;
constexpr int kTimedOut = 110;
constexpr std::uint8_t kEnd = 0xff;
constexpr std::uint32_t kHandshakeMs = 1000;

constexpr std::uint32_t kCommandNewKey = 1;
constexpr std::uint32_t kCommandHandshake = 2;
constexpr std::uint32_t kCommandSay = 3;  // tells the bytes back, as often as the first says
constexpr std::uint32_t kEventStep = 1;
constexpr std::uint32_t kEventSaid = 2;
constexpr std::uint32_t kEventFailure = 3;

constexpr std::uint32_t kStrange = 0xffffffff;

struct Options {
  std::uint8_t key = 0;
  bool starts_plain = false;
  // What a stream that ends without 0xff is closed with; 0: that is in order.
  int truncated = 0;
};

struct Context {
  std::atomic<int> references{1};
  Options options;
};

std::atomic<int> open_filters{0};
std::atomic<int> live_contexts{0};
std::mutex names_mutex;
// What was dialled. Never destroyed: threads may outlive this file's statics.
std::vector<std::string>& names = *std::make_unique<std::vector<std::string>>().release();

class Filter {
 public:
  Filter(const Options& options, HpFilterRole role)
      : options_(options), role_(role), is_plain_(options.starts_plain) {
    ++open_filters;
  }
  ~Filter() { --open_filters; }

  int Start(HpFilterHost* host) {
    if (is_plain_) {
      host->permit(host);
    } else {
      BeginHandshake(host);
    }
    return HP_FILTER_OK;
  }

  int Receive(HpFilterHost* host, const std::uint8_t* data, std::size_t size) {
    waiting_.insert(waiting_.end(), data, data + size);
    return Resume(host);
  }

  int Resume(HpFilterHost* host) {
    if (!Say(host)) return HP_FILTER_MORE;
    std::size_t next = 0;
    int answer = HP_FILTER_OK;
    while (next < waiting_.size() && answer == HP_FILTER_OK) {
      answer = is_plain_ || is_ready_ ? Decode(host, next) : Step(host, next);
    }
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(next));
    return answer;
  }

  int Send(HpFilterHost* host, const HpFilterPart* parts, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) SendPart(host, parts[i]);
    return HP_FILTER_OK;
  }

  // An 'x' is its alert, as everywhere.
  int End(HpFilterHost* host) {
    if (options_.truncated == 0) return HP_FILTER_OK;
    PutWire(host, 'x');
    return -options_.truncated;
  }

  int Command(HpFilterHost* host, std::uint32_t code, const std::uint8_t* data, std::size_t size) {
    if (code == kCommandNewKey && size == 1) options_.key = data[0];
    if (code == kCommandHandshake && is_plain_) BeginHandshake(host);
    if (code == kCommandSay && size != 0) {
      said_.assign(data, data + size);
      to_say_ += data[0];
    }
    return Resume(host);
  }

  void Finish(HpFilterHost* host) { PutWire(host, kEnd); }

 private:
  void BeginHandshake(HpFilterHost* host) {
    is_plain_ = false;
    host->set_deadline(host, kHandshakeMs);
    if (role_ == HP_FILTER_CLIENT) PutWire(host, 'h');
  }

  void SendPart(HpFilterHost* host, HpFilterPart part) const {
    while (part.size != 0) {
      std::size_t room = 0;
      std::uint8_t* wire = host->reserve_wire(host, part.size, &room);
      const std::size_t count = room < part.size ? room : part.size;
      for (std::size_t i = 0; i < count; ++i) wire[i] = Changed(part.data[i]);
      host->commit_wire(host, count);
      part.data += count;
      part.size -= count;
    }
  }

  std::uint8_t Changed(std::uint8_t byte) const {
    return is_plain_ ? byte : static_cast<std::uint8_t>(byte ^ options_.key);
  }

  // Whether all that was ordered has been told.
  bool Say(HpFilterHost* host) {
    while (to_say_ != 0) {
      if (host->tell(host, kEventSaid, said_.data(), said_.size()) == 0) return false;
      --to_say_;
    }
    return true;
  }

  static void PutWire(HpFilterHost* host, std::uint8_t byte) {
    std::size_t room = 0;
    *host->reserve_wire(host, 1, &room) = byte;
    host->commit_wire(host, 1);
  }

  int Step(HpFilterHost* host, std::size_t& next) {
    const std::uint8_t byte = waiting_[next];
    static constexpr std::uint8_t kNoStep[] = {'n', 'o', ' ', 's', 't', 'e', 'p'};
    static constexpr std::uint8_t kSteps[] = {'h', 'i', '!'};
    const int expected = role_ == HP_FILTER_SERVER ? step_ : 1;
    if (byte != kSteps[expected]) {
      PutWire(host, 'x');
      // Where there is no room, its code has to do.
      host->tell(host, kEventFailure, kNoStep, sizeof(kNoStep));
      return -kBadMessage;
    }
    if (host->tell(host, kEventStep, &byte, 1) == 0) return HP_FILTER_MORE;
    ++next;
    if (role_ == HP_FILTER_SERVER && step_ == 0) {
      PutWire(host, 'i');
      step_ = 2;
      return HP_FILTER_OK;
    }
    if (role_ == HP_FILTER_CLIENT) PutWire(host, '!');
    is_ready_ = true;
    host->set_deadline(host, 0);
    host->ready(host);
    return HP_FILTER_OK;
  }

  int Decode(HpFilterHost* host, std::size_t& next) {
    if (waiting_[next] == kEnd) return HP_FILTER_ENDED;
    std::size_t room = 0;
    std::uint8_t* plain = host->reserve_plain(host, &room);
    if (plain == nullptr) return HP_FILTER_MORE;
    std::size_t count = 0;
    while (count < room && next < waiting_.size() && waiting_[next] != kEnd) {
      plain[count++] = Changed(waiting_[next++]);
    }
    host->commit_plain(host, count);
    return HP_FILTER_OK;
  }

  Options options_;
  HpFilterRole role_;
  int step_ = 0;
  bool is_plain_;
  bool is_ready_ = false;
  std::vector<std::uint8_t> waiting_;
  std::vector<std::uint8_t> said_;
  int to_say_ = 0;
};

Filter* AsFilter(void* filter) { return static_cast<Filter*>(filter); }
Context* AsContext(void* context) { return static_cast<Context*>(context); }

void Retain(void* context) { ++AsContext(context)->references; }

void Release(void* context) {
  if (--AsContext(context)->references != 0) return;
  --live_contexts;
  const std::unique_ptr<Context> last(AsContext(context));
}

void* OpenFilter(void* context, HpFilterRole role, const char* host_name) {
  if (host_name != nullptr) {
    const std::lock_guard lock(names_mutex);
    names.emplace_back(host_name);
  }
  if (host_name != nullptr && host_name[0] == '0') return nullptr;
  return std::make_unique<Filter>(AsContext(context)->options, role).release();
}

int Start(void* filter, HpFilterHost* host) { return AsFilter(filter)->Start(host); }

int Receive(void* filter, HpFilterHost* host, const std::uint8_t* data, std::size_t size) {
  return AsFilter(filter)->Receive(host, data, size);
}

int Resume(void* filter, HpFilterHost* host) { return AsFilter(filter)->Resume(host); }

int Send(void* filter, HpFilterHost* host, const HpFilterPart* parts, std::size_t count) {
  return AsFilter(filter)->Send(host, parts, count);
}

int Finish(void* filter, HpFilterHost* host) {
  AsFilter(filter)->Finish(host);
  return HP_FILTER_OK;
}

int End(void* filter, HpFilterHost* host) { return AsFilter(filter)->End(host); }

int Command(void* filter, HpFilterHost* host, std::uint32_t code, const std::uint8_t* data,
            std::size_t size) {
  return AsFilter(filter)->Command(host, code, data, size);
}

int Deadline(void*, HpFilterHost*) { return -kTimedOut; }

void Close(void* filter) { const std::unique_ptr<Filter> closed(AsFilter(filter)); }

std::uint32_t Number(napi_env env, napi_value value) {
  std::uint32_t number = 0;
  napi_get_value_uint32(env, value, &number);
  return number;
}

// createFilter(key, ahead, startsPlain, truncated) -> external: with `ahead` not
// 0, of a later version; with kStrange, of something that is no filter at all.
napi_value CreateFilter(napi_env env, napi_callback_info info) {
  std::size_t count = 4;
  napi_value arguments[4];
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  const std::uint32_t ahead = Number(env, arguments[1]);
  auto context = std::make_unique<Context>();
  context->options = {.key = static_cast<std::uint8_t>(Number(env, arguments[0])),
                      .starts_plain = Number(env, arguments[2]) != 0,
                      .truncated = static_cast<int>(Number(env, arguments[3]))};
  ++live_contexts;
  auto filter = std::make_unique<HpStreamFilter>(HpStreamFilter{
      .magic = ahead == kStrange ? 0 : HP_STREAM_FILTER_MAGIC,
      .version = HP_STREAM_FILTER_VERSION + (ahead == kStrange ? 0 : ahead),
      .reserved = 0,
      .context = context.release(),
      .retain = Retain,
      .release = Release,
      .open = OpenFilter,
      .start = Start,
      .receive = Receive,
      .resume = Resume,
      .send = Send,
      .finish = Finish,
      .end = End,
      .command = Command,
      .deadline = Deadline,
      .close = Close,
  });
  napi_value external;
  napi_create_external(
      env, filter.release(),
      [](napi_env, void* data, void*) {
        const std::unique_ptr<HpStreamFilter> owned(static_cast<HpStreamFilter*>(data));
        owned->release(owned->context);
      },
      nullptr, &external);
  return external;
}

// counts() -> [open filters, live contexts]
napi_value Counts(napi_env env, napi_callback_info) {
  napi_value array;
  napi_create_array_with_length(env, 2, &array);
  napi_value number;
  napi_create_int32(env, open_filters.load(), &number);
  napi_set_element(env, array, 0, number);
  napi_create_int32(env, live_contexts.load(), &number);
  napi_set_element(env, array, 1, number);
  return array;
}

// takeNames() -> the names that were dialled since the last call
napi_value TakeNames(napi_env env, napi_callback_info) {
  const std::lock_guard lock(names_mutex);
  napi_value array;
  napi_create_array_with_length(env, names.size(), &array);
  for (std::uint32_t i = 0; i < names.size(); ++i) {
    napi_value name;
    napi_create_string_utf8(env, names[i].data(), names[i].size(), &name);
    napi_set_element(env, array, i, name);
  }
  names.clear();
  return array;
}

}  // namespace

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "createFilter", NAPI_AUTO_LENGTH, CreateFilter, nullptr, &function);
  napi_set_named_property(env, exports, "createFilter", function);
  napi_create_function(env, "counts", NAPI_AUTO_LENGTH, Counts, nullptr, &function);
  napi_set_named_property(env, exports, "counts", function);
  napi_create_function(env, "takeNames", NAPI_AUTO_LENGTH, TakeNames, nullptr, &function);
  napi_set_named_property(env, exports, "takeNames", function);
  return exports;
}
