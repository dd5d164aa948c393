// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "test_host.h"
#include "tls/record_protection.h"

namespace hp::tls {

// Types of records, inside and outside.
enum RecordType : std::uint8_t {
  kChangeCipherSpecType = 20,
  kAlertType = 21,
  kHandshakeType = 22,
  kDataType = 23,
  kHeartbeatType = 24,
};

// The client of a record layer: it has the keys, and may seal anything.
class RecordPeer {
 public:
  struct Record {
    std::uint8_t type;
    std::string content;

    friend bool operator==(const Record&, const Record&) = default;
  };

  // Secrets of the size that the suite's hash has.
  static Secrets SomeSecrets(const CipherSuite& suite);

  // The server has sealed so many records with them already.
  RecordPeer(const CipherSuite& suite, const Secrets& secrets, std::uint64_t sealed = 0);

  // A record with `padding` zeros behind the type.
  std::string Seal(std::uint8_t type, std::string_view content, std::size_t padding = 0);
  // What it seals from now on is under the next keys.
  void UpdateSealer() { sealer_.Update(); }

  // Opens whole records, up to the first that is not genuine, and goes to the next
  // keys where one says so.
  std::vector<Record> Open(std::string_view bytes);

 private:
  RecordProtection sealer_;
  RecordProtection opener_;
  Wire wire_;
};

}  // namespace hp::tls
