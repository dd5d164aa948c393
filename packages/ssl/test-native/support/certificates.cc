// SPDX-License-Identifier: Apache-2.0
#include "certificates.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

namespace hp::tls {
namespace {

using ListPtr = std::unique_ptr<X509_CRL, FreedBy<X509_CRL_free>>;

constexpr const char* kBegins = "20200101000000Z";

void AddExtension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Pem WrittenBy(const std::function<void(BIO*)>& write) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  write(bio.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, data + size};
}

}  // namespace

KeyPtr MakeEcKey() { return KeyPtr(EVP_EC_gen("P-256")); }

KeyPtr MakeRsaKey() { return KeyPtr(EVP_RSA_gen(2048)); }

Identity Issue(const Subject& subject, KeyPtr key) {
  static std::atomic<long> serial = 0;
  Identity identity{.certificate = CertificatePtr(X509_new()), .key = std::move(key)};
  X509* certificate = identity.certificate.get();
  const Identity& issuer = subject.issuer == nullptr ? identity : *subject.issuer;
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  ASN1_TIME_set_string(X509_getm_notBefore(certificate), kBegins);
  ASN1_TIME_set_string(X509_getm_notAfter(certificate), subject.ends);
  X509_set_pubkey(certificate, identity.key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(subject.name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer.certificate.get()));
  if (subject.is_authority) {
    AddExtension(certificate, issuer.certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  } else {
    AddExtension(certificate, issuer.certificate.get(), NID_subject_alt_name, subject.alternatives);
  }
  if (subject.ballast != 0) {
    const std::string comment(subject.ballast, 'x');
    AddExtension(certificate, issuer.certificate.get(), NID_netscape_comment, comment);
  }
  X509_sign(certificate, issuer.key.get(), EVP_sha256());
  return identity;
}

Pem PemOf(const Identity& identity) {
  return WrittenBy([&](BIO* bio) { PEM_write_bio_X509(bio, identity.certificate.get()); });
}

Pem KeyPemOf(const Identity& identity, const char* password) {
  return WrittenBy([&](BIO* bio) {
    const EVP_CIPHER* cipher = password == nullptr ? nullptr : EVP_aes_128_cbc();
    // It is not written to: OpenSSL takes the password as what its callback is given.
    void* given = const_cast<char*>(password);
    PEM_write_bio_PrivateKey(bio, identity.key.get(), cipher, nullptr, 0, nullptr, given);
  });
}

Pem RevocationOf(const Identity& identity, const Identity& authority) {
  const ListPtr list(X509_CRL_new());
  X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(authority.certificate.get()));
  ASN1_TIME* begins = ASN1_TIME_new();
  ASN1_TIME_set_string(begins, kBegins);
  X509_CRL_set1_lastUpdate(list.get(), begins);
  X509_REVOKED* revoked = X509_REVOKED_new();
  X509_REVOKED_set_serialNumber(revoked, X509_get_serialNumber(identity.certificate.get()));
  X509_REVOKED_set_revocationDate(revoked, begins);
  X509_CRL_add0_revoked(list.get(), revoked);
  ASN1_TIME_set_string(begins, Subject().ends);
  X509_CRL_set1_nextUpdate(list.get(), begins);
  ASN1_TIME_free(begins);
  X509_CRL_sign(list.get(), authority.key.get(), EVP_sha256());
  return WrittenBy([&](BIO* bio) { PEM_write_bio_X509_CRL(bio, list.get()); });
}

Pem operator+(Pem first, const Pem& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

std::vector<std::uint8_t> DerOf(const Identity& identity) {
  return WrittenBy([&](BIO* bio) { i2d_X509_bio(bio, identity.certificate.get()); });
}

const Identity& TheRoot() {
  static const Identity root = Issue({.name = "Root", .is_authority = true});
  return root;
}

const Identity& TheIntermediate() {
  static const Identity intermediate =
      Issue({.name = "Intermediate", .issuer = &TheRoot(), .is_authority = true});
  return intermediate;
}

const Identity& TheServer() {
  static const Identity server = Issue({.issuer = &TheIntermediate()});
  return server;
}

}  // namespace hp::tls
