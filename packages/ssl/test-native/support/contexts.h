// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "certificates.h"
#include "tls/config.h"
#include "tls/context.h"

namespace hp::tls {

// A server as TheServer(), and a client that trusts TheRoot().
Config ServerConfig();
Config ClientConfig();
// A server with another certificate.
Config ServerConfig(const Identity& identity);
// Of one version of TLS only.
Config OfVersion(int version, Config config);

// What the Config makes; the process ends where it makes nothing.
std::shared_ptr<const Settings> SettingsOf(const Config& config);
std::shared_ptr<Context> ContextOf(const Config& config);

}  // namespace hp::tls
