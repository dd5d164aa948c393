// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace hp {

// Error numbers as applications see them. System errors carry Linux errno
// values on every system (a backend translates its own), so that a number in
// a log means the same thing everywhere. Ours start at 1001.
enum class ErrorCode : std::int32_t {
  kOk = 0,
  kNotPermitted = 1,
  kInterrupted = 4,
  kTryAgain = 11,
  kOutOfMemory = 12,
  kInvalidArgument = 22,
  kSystemFileLimit = 23,
  kProcessFileLimit = 24,
  kBrokenPipe = 32,
  kBadMessage = 74,
  kMessageSize = 90,
  kAddressFamily = 97,
  kAddressInUse = 98,
  kAddressNotAvailable = 99,
  kNetworkUnreachable = 101,
  kConnectionAborted = 103,
  kConnectionReset = 104,
  kNoBufferSpace = 105,
  kNotConnected = 107,
  kTimedOut = 110,
  kConnectionRefused = 111,
  kHostUnreachable = 113,
  kCanceled = 125,

  kObjectNotFound = 1001,
  kInvalidState = 1002,
  kPendingLimit = 1003,
  kFileTooLarge = 1004,
  kEmpty = 1005,
  kConnectionLimit = 1006,
  kSelfConnect = 1007,
  kNotSupported = 1008,
  kTruncated = 1009,
  kInvalidPassword = 1010,
  kKeyMismatch = 1011,
  kBadFileType = 1012,
  kAlreadyInitialized = 1013,
};

// The step of a connection's life that a close is charged to. The numbers are
// HP-Socket's.
enum class Operation : std::uint8_t {
  kUnknown = 0,
  kAccept = 1,
  kConnect = 2,
  kSend = 3,
  kReceive = 4,
  kClose = 5,
};

}  // namespace hp
