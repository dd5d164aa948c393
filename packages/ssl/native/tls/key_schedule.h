// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "tls/hash.h"

namespace hp::tls {

// The functions that the keys of TLS 1.3 are made with (RFC 8446, 7.1). They write
// `out` whole, which is no longer than the hash.

// HKDF-Expand-Label. `label` is without its prefix.
bool ExpandLabel(const Hash& hash, Bytes secret, std::string_view label, Bytes context,
                 std::span<std::uint8_t> out);

// The next secret of the schedule: HKDF-Extract with what is derived from the last
// one; nothing of either stands for zeros.
bool ExtractSecret(const Hash& hash, Bytes last, Bytes input, std::span<std::uint8_t> out);

}  // namespace hp::tls
