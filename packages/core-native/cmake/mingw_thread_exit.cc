// SPDX-License-Identifier: Apache-2.0
// Objects that are thread_local are emulated with this compiler: the thread library frees their
// memory when a thread ends, and libstdc++ has their destructors called by the same library, in no
// order. The C runtime of mingw-w64 calls destructors before.
extern "C" int __mingw_cxa_thread_atexit(void (*destructor)(void*), void* object, void* library);

extern "C" int __cxa_thread_atexit(void (*destructor)(void*), void* object, void* library) {
  return __mingw_cxa_thread_atexit(destructor, object, library);
}
