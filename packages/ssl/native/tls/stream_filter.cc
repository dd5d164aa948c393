// SPDX-License-Identifier: Apache-2.0
#include "tls/stream_filter.h"

#include <atomic>
#include <new>
#include <utility>

namespace hp::tls {
namespace {

// What the functions are given as `context`. Connections hold a reference to it too,
// by way of the core.
struct Shared {
  std::shared_ptr<const Context> context;
  FilterOptions options;
  std::atomic<int> references{1};
};

Shared* SharedOf(void* context) { return static_cast<Shared*>(context); }
Filter* FilterOf(void* filter) { return static_cast<Filter*>(filter); }

void Retain(void* context) {
  SharedOf(context)->references.fetch_add(1, std::memory_order_relaxed);
}

void Release(void* context) {
  if (SharedOf(context)->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  const std::unique_ptr<Shared> last(SharedOf(context));
}

void* Open(void* context, HpFilterRole role, const char* host_name) {
  const Shared& shared = *SharedOf(context);
  return std::make_unique<Filter>(shared.context, shared.options, role, host_name).release();
}

int Start(void* filter, HpFilterHost* host) { return FilterOf(filter)->Start(host); }

int Receive(void* filter, HpFilterHost* host, const std::uint8_t* data, std::size_t size) {
  return FilterOf(filter)->Receive(host, {data, size});
}

int Resume(void* filter, HpFilterHost* host) { return FilterOf(filter)->Resume(host); }

int Send(void* filter, HpFilterHost* host, const HpFilterPart* parts, std::size_t count) {
  return FilterOf(filter)->Send(host, {parts, count});
}

int Finish(void* filter, HpFilterHost* host) { return FilterOf(filter)->Finish(host); }

int End(void* filter, HpFilterHost* host) { return FilterOf(filter)->End(host); }

int Command(void* filter, HpFilterHost* host, std::uint32_t code, const std::uint8_t* data,
            std::size_t size) {
  return FilterOf(filter)->Command(host, code, {data, size});
}

int Deadline(void* filter, HpFilterHost* host) { return FilterOf(filter)->Deadline(host); }

void Close(void* filter) {
  const ErrorQueue queue;
  const std::unique_ptr<Filter> closed(FilterOf(filter));
}

}  // namespace

HpStreamFilter MakeStreamFilter(std::shared_ptr<const Context> context,
                                const FilterOptions& options) {
  auto shared = std::make_unique<Shared>();
  shared->context = std::move(context);
  shared->options = options;
  return {
      .magic = HP_STREAM_FILTER_MAGIC,
      .version = HP_STREAM_FILTER_VERSION,
      .reserved = 0,
      .context = shared.release(),
      .retain = Retain,
      .release = Release,
      .open = Open,
      .start = Start,
      .receive = Receive,
      .resume = Resume,
      .send = Send,
      .finish = Finish,
      .end = End,
      .command = Command,
      .deadline = Deadline,
      .close = Close,
  };
}

}  // namespace hp::tls
