// SPDX-License-Identifier: Apache-2.0
#include "contexts.h"

#include <cstdio>
#include <cstdlib>
#include <utility>
#include <variant>

#include "tls/settings_builder.h"

namespace hp::tls {

Config ServerConfig() {
  Config config = ServerConfig(TheServer());
  config.certificate = std::move(config.certificate) + PemOf(TheIntermediate());
  return config;
}

Config ServerConfig(const Identity& identity) {
  Config config;
  config.certificate = PemOf(identity);
  config.key = KeyPemOf(identity);
  config.min_version = TLS1_2_VERSION;
  config.max_version = TLS1_3_VERSION;
  return config;
}

Config ClientConfig() {
  Config config;
  config.authorities = PemOf(TheRoot());
  config.min_version = TLS1_2_VERSION;
  config.max_version = TLS1_3_VERSION;
  return config;
}

Config OfVersion(int version, Config config) {
  config.min_version = config.max_version = version;
  return config;
}

std::shared_ptr<const Settings> SettingsOf(const Config& config) {
  auto made = MakeSettings(config);
  if (const auto* error = std::get_if<ConfigError>(&made)) {
    std::fprintf(stderr, "%s: %s\n", error->what, error->reason.c_str());
    std::abort();
  }
  return std::get<std::shared_ptr<const Settings>>(std::move(made));
}

std::shared_ptr<Context> ContextOf(const Config& config) {
  return Context::Make(SettingsOf(config));
}

}  // namespace hp::tls
