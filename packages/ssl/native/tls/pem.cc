// SPDX-License-Identifier: Apache-2.0
#include "tls/pem.h"

#include <openssl/pem.h>

#include <algorithm>

namespace hp::tls {
namespace {

// Nobody is asked at the terminal, which is what OpenSSL does without a callback.
int GivePassword(char* out, int size, int, void* given) {
  const auto& password = *static_cast<const std::optional<std::string>*>(given);
  if (!password) return -1;
  const auto length = std::min(password->size(), static_cast<std::size_t>(size));
  std::copy_n(password->begin(), length, out);
  return static_cast<int>(length);
}

const std::optional<std::string> kNoPassword;

void* Ask(const std::optional<std::string>& password) {
  return const_cast<std::optional<std::string>*>(&password);
}

template <auto kRead, typename Owner>
std::vector<Owner> ReadAll(Bytes pem) {
  std::vector<Owner> all;
  const BioPtr bio = BioOf(pem);
  while (auto* object = kRead(bio.get(), nullptr, GivePassword, Ask(kNoPassword))) {
    all.emplace_back(object);
  }
  return all;
}

}  // namespace

std::vector<CertificatePtr> ReadCertificates(Bytes pem) {
  // The first may be one that says whom to trust for what.
  return ReadAll<PEM_read_bio_X509_AUX, CertificatePtr>(pem);
}

std::vector<CertificateListPtr> ReadRevocations(Bytes pem) {
  return ReadAll<PEM_read_bio_X509_CRL, CertificateListPtr>(pem);
}

bool EndsInOrder() {
  const unsigned long error = ERR_peek_last_error();
  const bool ended =
      ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  if (ended) ERR_clear_error();
  return ended;
}

KeyPtr ReadKey(Bytes pem, const std::optional<std::string>& password) {
  const BioPtr bio = BioOf(pem);
  return KeyPtr(PEM_read_bio_PrivateKey(bio.get(), nullptr, GivePassword, Ask(password)));
}

}  // namespace hp::tls
