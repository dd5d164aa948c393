// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tls/library.h"

namespace hp::tls {

// Every certificate in a PEM text, up to the first that cannot be read.
std::vector<CertificatePtr> ReadCertificates(Bytes pem);

// Whether all of the text could be read: OpenSSL's queue has why not.
bool EndsInOrder();

// Every revocation list, as ReadCertificates.
std::vector<CertificateListPtr> ReadRevocations(Bytes pem);

// The private key; nothing where it cannot be read, or not with this password.
KeyPtr ReadKey(Bytes pem, const std::optional<std::string>& password);

}  // namespace hp::tls
