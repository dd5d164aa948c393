// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <variant>

#include "tls/config.h"
#include "tls/context.h"

namespace hp::tls {

// Makes what connections are made with, or says what is wrong with the Config.
std::variant<std::shared_ptr<const Settings>, ConfigError> MakeSettings(const Config& config);

// Before `to` is used: tickets that were made with `from` are good for it too, where
// nobody was verified who might not be now.
void KeepTickets(const Settings& from, const Settings& to);

}  // namespace hp::tls
