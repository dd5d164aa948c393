// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include "records_script.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hp::tls::RecordsScript({reinterpret_cast<const char*>(data), size}).Run();
  return 0;
}
