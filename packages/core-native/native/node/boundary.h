// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace hp::node {

// Changes whenever the layouts or functions that JavaScript uses do: an addon and
// a package that do not belong together say so instead of crashing.
inline constexpr std::uint32_t kBoundaryVersion = 3;

// Words of the control block that both sides read and write, on JavaScript's
// thread only. Numbers shared with src/boundary.ts.
enum ControlWord : std::size_t {
  kCommandBytes = 0,  // filled bytes of the command buffer
  kInTurn = 1,        // native code flushes when the running call returns
  kSlabsGiven = 2,    // see JsMemory
  kLargesGiven = 3,
  kControlWords = 8,
};

inline constexpr std::size_t kMaxBatch = 512;  // events per call into JavaScript
inline constexpr std::size_t kEventWords = 8;

}  // namespace hp::node
