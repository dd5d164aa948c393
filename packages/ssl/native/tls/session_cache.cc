// SPDX-License-Identifier: Apache-2.0
#include "tls/session_cache.h"

#include <utility>

namespace hp::tls {

void SessionCache::Put(const std::string& host, SessionPtr session) {
  const std::lock_guard lock(mutex_);
  const auto found = by_name_.find(host);
  if (found == by_name_.end()) {
    hosts_.push_front({.name = host, .sessions = {}});
    by_name_.emplace(host, hosts_.begin());
  } else {
    hosts_.splice(hosts_.begin(), hosts_, found->second);
  }
  auto& sessions = hosts_.front().sessions;
  sessions.push_front(std::move(session));
  if (sessions.size() > kMaxPerHost) sessions.pop_back();
  if (hosts_.size() > kMaxHosts) {
    by_name_.erase(hosts_.back().name);
    hosts_.pop_back();
  }
}

SessionPtr SessionCache::Take(const std::string& host) {
  const std::lock_guard lock(mutex_);
  const auto found = by_name_.find(host);
  if (found == by_name_.end()) return nullptr;
  auto& sessions = found->second->sessions;
  SessionPtr session = std::move(sessions.front());
  // One of TLS 1.2 may be used again and again.
  if (SSL_SESSION_get_protocol_version(session.get()) < TLS1_3_VERSION) {
    SSL_SESSION_up_ref(session.get());
    sessions.front().reset(session.get());
    return session;
  }
  sessions.pop_front();
  if (sessions.empty()) {
    hosts_.erase(found->second);
    by_name_.erase(found);
  }
  return session;
}

}  // namespace hp::tls
