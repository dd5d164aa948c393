// SPDX-License-Identifier: Apache-2.0
#include "node/thread_registry.h"

#include <cstdlib>
#include <mutex>
#include <new>
#include <set>
#include <utility>

#include "node/thread_link.h"

namespace hp::node {
namespace {

struct Registry {
  std::mutex mutex;
  std::set<ThreadLink*> links;
  bool has_exit_handler = false;
};

// Never destroyed: environments may end after the destructors of statics ran.
Registry& TheRegistry() {
  alignas(Registry) static std::byte memory[sizeof(Registry)];
  static Registry* registry = ::new (memory) Registry;
  return *registry;
}

void EndAllThreads() {
  Registry& registry = TheRegistry();
  const std::lock_guard lock(registry.mutex);
  for (ThreadLink* link : registry.links) link->LeaveThread();
}

}  // namespace

void RegisterThread(ThreadLink* link) {
  Registry& registry = TheRegistry();
  const std::lock_guard lock(registry.mutex);
  registry.links.insert(link);
  if (!std::exchange(registry.has_exit_handler, true)) std::atexit(EndAllThreads);
}

void UnregisterThread(ThreadLink* link) {
  Registry& registry = TheRegistry();
  const std::lock_guard lock(registry.mutex);
  registry.links.erase(link);
}

}  // namespace hp::node
