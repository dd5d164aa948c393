// SPDX-License-Identifier: Apache-2.0
#include "tls/context.h"

#include <algorithm>
#include <unordered_map>

#include "tls/pem.h"

namespace hp::tls {
namespace {

// By number, so that a command can name one.
struct Registry {
  std::mutex mutex;
  std::unordered_map<std::uint32_t, std::weak_ptr<Context>> contexts;
  std::uint32_t next = 1;
};

Registry& TheRegistry() {
  // Never destroyed: threads may be on their way out when the process ends.
  static auto* const registry = std::make_unique<Registry>().release();
  return *registry;
}

// Node's root certificates are the same for every context, and many.
struct Roots {
  std::mutex mutex;
  std::vector<std::uint8_t> pem;
  std::vector<CertificatePtr> certificates;
};

Roots& TheRoots() {
  static auto* const roots = std::make_unique<Roots>().release();
  return *roots;
}

}  // namespace

std::shared_ptr<Context> Context::Make(std::shared_ptr<const Settings> settings) {
  std::shared_ptr<Context> context(new Context(std::move(settings)));
  Registry& registry = TheRegistry();
  const std::lock_guard lock(registry.mutex);
  context->id_ = registry.next++;
  registry.contexts.emplace(context->id_, context);
  return context;
}

Context::~Context() {
  Registry& registry = TheRegistry();
  const std::lock_guard lock(registry.mutex);
  registry.contexts.erase(id_);
}

std::shared_ptr<Context> Context::Find(std::uint32_t id) {
  Registry& registry = TheRegistry();
  const std::lock_guard lock(registry.mutex);
  const auto found = registry.contexts.find(id);
  return found == registry.contexts.end() ? nullptr : found->second.lock();
}

std::shared_ptr<const Settings> Context::settings() const {
  const std::lock_guard lock(mutex_);
  return settings_;
}

void Context::Replace(const Context& other) {
  std::shared_ptr<const Settings> settings = other.settings();
  const bool has_roots = other.has_roots();
  const std::lock_guard lock(mutex_);
  settings_ = std::move(settings);
  has_roots_ = has_roots;
}

void Context::SetRoots(Bytes pem) {
  const ErrorQueue queue;
  Roots& roots = TheRoots();
  const std::lock_guard lock(roots.mutex);
  if (!std::ranges::equal(roots.pem, pem)) {
    roots.certificates = ReadCertificates(pem);
    roots.pem.assign(pem.begin(), pem.end());
  }
  const std::shared_ptr<const Settings> settings = this->settings();
  for (const CertificatePtr& certificate : roots.certificates) {
    X509_STORE_add_cert(settings->servers_trusted.get(), certificate.get());
  }
  const std::lock_guard own(mutex_);
  has_roots_ = true;
}

bool Context::has_roots() const {
  const std::lock_guard lock(mutex_);
  return has_roots_;
}

void Context::SetServerNames(std::vector<Name> names) {
  const std::lock_guard lock(mutex_);
  names_.clear();
  for (Name& name : names) names_.insert_or_assign(std::move(name.first), std::move(name.second));
}

std::shared_ptr<Context> Context::ForName(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  if (const auto exact = names_.find(name); exact != names_.end()) return exact->second.lock();
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos || dot == 0) return nullptr;
  std::string pattern = "*";
  pattern.append(name.substr(dot));
  const auto wildcard = names_.find(pattern);
  return wildcard == names_.end() ? nullptr : wildcard->second.lock();
}

}  // namespace hp::tls
