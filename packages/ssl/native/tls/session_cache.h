// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

#include "tls/library.h"

namespace hp::tls {

// Sessions that clients may resume, by host. Each is used once, as TLS 1.3 asks
// for. Of all hosts the one that was longest without a new session is forgotten
// first. Any thread may call.
class SessionCache {
 public:
  SessionCache() = default;
  SessionCache(const SessionCache&) = delete;
  SessionCache& operator=(const SessionCache&) = delete;

  void Put(const std::string& host, SessionPtr session);
  // Nothing where there is none.
  SessionPtr Take(const std::string& host);

 private:
  static constexpr std::size_t kMaxHosts = 256;
  static constexpr std::size_t kMaxPerHost = 8;

  struct Host {
    std::string name;
    std::list<SessionPtr> sessions;  // the newest first
  };

  std::mutex mutex_;
  std::list<Host> hosts_;  // the most recent first
  std::unordered_map<std::string, std::list<Host>::iterator> by_name_;
};

}  // namespace hp::tls
