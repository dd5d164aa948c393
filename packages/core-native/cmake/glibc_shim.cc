// SPDX-License-Identifier: Apache-2.0
// What the C++ library of the compiler asks for and a C library of 2013 does not
// have. Part of portable addons only.
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include <sys/syscall.h>
#include <unistd.h>

#define HP_HIDDEN extern "C" __attribute__((visibility("hidden")))

// Not known to have one thread only, so that reference counts are atomic.
HP_HIDDEN char __libc_single_threaded;
char __libc_single_threaded = 0;

HP_HIDDEN int getentropy(void* buffer, size_t length) {
  auto* to = static_cast<unsigned char*>(buffer);
  while (length > 0) {
    const long got = syscall(SYS_getrandom, to, length, 0);
    if (got < 0 && errno != EINTR) return -1;
    if (got < 0) continue;
    to += got;
    length -= static_cast<size_t>(got);
  }
  return 0;
}

HP_HIDDEN uint32_t arc4random() {
  uint32_t value = 0;
  if (getentropy(&value, sizeof value) != 0) abort();
  return value;
}

// Finds nothing: the unwinder then asks dl_iterate_phdr.
HP_HIDDEN int _dl_find_object(void*, void*) { return -1; }
