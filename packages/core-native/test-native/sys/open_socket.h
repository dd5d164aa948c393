// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "error_code_text.h"
#include "sys/stream_socket.h"

namespace hp::sys {

// A socket that closes itself.
struct OpenSocket {
  ~OpenSocket() {
    if (handle != kNoHandle) CloseSocket(handle);
  }
  int Option(int level, int name) const {
    RawOption option{.level = level, .name = name, .value = std::vector<std::byte>(sizeof(int))};
    EXPECT_EQ(GetOption(handle, option), ErrorCode::kOk);
    int value = 0;
    std::memcpy(&value, option.value.data(), std::min(sizeof(value), option.value.size()));
    return value;
  }
  Endpoint Local() const {
    Endpoint endpoint;
    EXPECT_EQ(LocalEndpoint(handle, endpoint), ErrorCode::kOk);
    return endpoint;
  }
  Handle handle = kNoHandle;
};

}  // namespace hp::sys
