// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace hp::tls {

// Random bytes for OpenSSL that are the same in every run, so that an input has the
// same keys each time: what a peer has once said to a filter, it can say again.
class FixedRandom {
 public:
  // The two ends of a connection draw from sources of their own.
  enum class Source { kFilter = 0, kPeer = 1 };

  // From now on; both sources begin anew.
  static void Restart();
  static void Use(Source source);
};

}  // namespace hp::tls
