// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace hp::node {

class ThreadLink;

// The links whose threads run, in the whole process. Clean-up hooks do not run
// on process.exit() or an uncaught exception in the main thread; threads must
// not run on while the C library tears the process down, so an exit handler
// ends those that are left.
void RegisterThread(ThreadLink* link);
void UnregisterThread(ThreadLink* link);

}  // namespace hp::node
