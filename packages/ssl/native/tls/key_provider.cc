// SPDX-License-Identifier: Apache-2.0
#include "tls/key_provider.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/provider.h>

#include <algorithm>
#include <string_view>

#include "tls/key_schedule.h"

namespace hp::tls {
namespace {

thread_local Secrets* capturing = nullptr;

std::string_view TextOf(const OSSL_PARAM* parameters, const char* name) {
  const OSSL_PARAM* found = OSSL_PARAM_locate_const(parameters, name);
  if (found == nullptr || found->data == nullptr) return {};
  return {static_cast<const char*>(found->data), found->data_size};
}

Bytes BytesOf(const OSSL_PARAM* parameters, const char* name) {
  const std::string_view text = TextOf(parameters, name);
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

void Capture(std::string_view label, Bytes secret) {
  if (capturing == nullptr || secret.size() > Secret::kMaxBytes) return;
  Secret* into = label == "c ap traffic"   ? &capturing->client
                 : label == "s ap traffic" ? &capturing->server
                                           : nullptr;
  if (into != nullptr) std::ranges::copy(secret, into->Make(secret.size()).begin());
}

// The KDF "TLS13-KDF" as libssl uses it: all parameters come with the derivation, so
// that it has no state.
int Derive(void*, unsigned char* key, std::size_t size, const OSSL_PARAM* parameters) {
  int mode = 0;
  const OSSL_PARAM* given_mode = OSSL_PARAM_locate_const(parameters, OSSL_KDF_PARAM_MODE);
  const Hash* hash = Hash::ByName(TextOf(parameters, OSSL_KDF_PARAM_DIGEST));
  if (hash == nullptr || given_mode == nullptr || OSSL_PARAM_get_int(given_mode, &mode) != 1)
    return 0;
  const Bytes input = BytesOf(parameters, OSSL_KDF_PARAM_KEY);
  const std::span<std::uint8_t> out(key, size);
  if (mode == EVP_KDF_HKDF_MODE_EXTRACT_ONLY) {
    return ExtractSecret(*hash, BytesOf(parameters, OSSL_KDF_PARAM_SALT), input, out) ? 1 : 0;
  }
  const std::string_view label = TextOf(parameters, OSSL_KDF_PARAM_LABEL);
  const Bytes data = BytesOf(parameters, OSSL_KDF_PARAM_DATA);
  if (mode != EVP_KDF_HKDF_MODE_EXPAND_ONLY || !ExpandLabel(*hash, input, label, data, out))
    return 0;
  Capture(label, out);
  return 1;
}

int nothing = 0;

void* NewState(void*) { return &nothing; }
void FreeState(void*) {}
void* CopyState(void*) { return &nothing; }
int SetParameters(void*, const OSSL_PARAM*) { return 1; }

template <typename Function>
constexpr OSSL_DISPATCH Entry(int id, Function* function) {
  return {id, reinterpret_cast<void (*)()>(function)};
}

const OSSL_ALGORITHM* Query(void*, int operation, int* no_cache) {
  static const OSSL_DISPATCH functions[] = {
      Entry(OSSL_FUNC_KDF_NEWCTX, NewState),  Entry(OSSL_FUNC_KDF_FREECTX, FreeState),
      Entry(OSSL_FUNC_KDF_DUPCTX, CopyState), Entry(OSSL_FUNC_KDF_SET_CTX_PARAMS, SetParameters),
      Entry(OSSL_FUNC_KDF_DERIVE, Derive),    {0, nullptr},
  };
  static const OSSL_ALGORITHM algorithms[] = {
      {OSSL_KDF_NAME_TLS1_3_KDF, "provider=hp", functions, nullptr},
      {nullptr, nullptr, nullptr, nullptr},
  };
  *no_cache = 0;
  return operation == OSSL_OP_KDF ? algorithms : nullptr;
}

int Initialise(const OSSL_CORE_HANDLE* handle, const OSSL_DISPATCH*, const OSSL_DISPATCH** out,
               void** context) {
  static const OSSL_DISPATCH functions[] = {
      Entry(OSSL_FUNC_PROVIDER_QUERY_OPERATION, Query),
      {0, nullptr},
  };
  *out = functions;
  *context = const_cast<OSSL_CORE_HANDLE*>(handle);
  return 1;
}

// Lives as long as the process. Nothing where it cannot be had.
OSSL_LIB_CTX* MakeLibrary() {
  if (EVP_default_properties_is_fips_enabled(nullptr) == 1) return nullptr;
  OSSL_LIB_CTX* library = OSSL_LIB_CTX_new();
  const bool done = library != nullptr &&
                    OSSL_PROVIDER_add_builtin(library, "hp", Initialise) == 1 &&
                    OSSL_PROVIDER_load(library, "hp") != nullptr &&
                    OSSL_PROVIDER_load(library, "default") != nullptr;
  if (done) return library;
  OSSL_LIB_CTX_free(library);
  return nullptr;
}

}  // namespace

SSL_CTX* NewSslContext() {
  static OSSL_LIB_CTX* const library = MakeLibrary();
  if (library == nullptr) return SSL_CTX_new(TLS_method());
  return SSL_CTX_new_ex(library, "?provider=hp", TLS_method());
}

SecretsCapture::SecretsCapture(Secrets& into) { capturing = &into; }
SecretsCapture::~SecretsCapture() { capturing = nullptr; }

}  // namespace hp::tls
