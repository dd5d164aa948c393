// SPDX-License-Identifier: Apache-2.0
// Writes what an honest peer says in a whole connection, as inputs of the filter's
// fuzzer: `record_handshakes <folder>`. Random bytes are fixed, so that the peer's
// bytes fit each time; with another OpenSSL than it ran with they may no longer.
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "filter_script.h"

namespace hp::tls {
namespace {

// The bytes of a script, written while it is played.
class Recorder {
 public:
  explicit Recorder(std::uint8_t kind) : bytes_(1, static_cast<char>(kind)), script_(bytes_) {}

  std::string Record() {
    Exchange();
    script_.peer().Send("from the peer");
    Exchange();
    bytes_ += {static_cast<char>(FilterStep::kSend), 20, 30};
    script_.peer().Finish();
    Exchange();
    return bytes_;
  }

 private:
  void Exchange() {
    for (int i = 0; i < 5; ++i) {
      const std::string said = script_.peer().Take();
      if (!said.empty()) {
        bytes_ += static_cast<char>(FilterStep::kReceive);
        bytes_ += static_cast<char>(said.size() >> 8);
        bytes_ += static_cast<char>(said.size());
        bytes_ += said;
      }
      script_.filter().Give(said);
      script_.Answer();
    }
  }

  std::string bytes_;
  FilterScript script_;
};

}  // namespace
}  // namespace hp::tls

int main(int argc, char** argv) {
  if (argc != 2) return 1;
  // A client and a server; of TLS 1.3 and 1.2; of each suite.
  for (const int kind : {0, 1, 8, 9, 32, 33, 65, 97}) {
    const std::string bytes = hp::tls::Recorder(static_cast<std::uint8_t>(kind)).Record();
    const std::filesystem::path file =
        std::filesystem::path(argv[1]) / ("handshake" + std::to_string(kind));
    std::ofstream(file, std::ios::binary) << bytes;
  }
  return 0;
}
