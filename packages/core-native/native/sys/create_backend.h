// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sys/backend.h"

namespace hp::sys {

// A backend that a foreign event loop can watch.
class PollableBackend : public Backend {
 public:
  // Readable when Wait() has something to do.
  virtual int descriptor() const = 0;
  // Makes the descriptor readable at `deadline_ms`: a loop that waits elsewhere
  // cannot give Wait() a deadline. To be called after whatever was done outside
  // of Wait(), which may have left something to tell.
  virtual void ArmDeadline(std::optional<std::uint64_t> deadline_ms) = 0;
};

// The system's backend; nothing when the system has no descriptors left.
std::unique_ptr<Backend> CreateBackend();

// Nothing also on systems without such a backend.
std::unique_ptr<PollableBackend> CreatePollableBackend();

}  // namespace hp::sys
