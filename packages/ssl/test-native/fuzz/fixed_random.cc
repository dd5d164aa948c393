// SPDX-License-Identifier: Apache-2.0
// There is no other way to decide on OpenSSL's random bytes in all its contexts.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "fixed_random.h"

#include <openssl/rand.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace hp::tls {
namespace {

std::array<std::uint64_t, 2> states;
std::size_t current = 0;

// SplitMix64, for whom any state is as good as another.
std::uint64_t Next() {
  std::uint64_t z = states[current] += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

int Fill(unsigned char* bytes, int count) {
  for (int i = 0; i < count; ++i) bytes[i] = static_cast<unsigned char>(Next());
  return 1;
}

int IsReady() { return 1; }

}  // namespace

void FixedRandom::Restart() {
  static const RAND_METHOD method = {nullptr, Fill, nullptr, nullptr, Fill, IsReady};
  RAND_set_rand_method(&method);
  states = {1, 2};
  Use(Source::kFilter);
}

void FixedRandom::Use(Source source) { current = static_cast<std::size_t>(source); }

}  // namespace hp::tls
