// SPDX-License-Identifier: Apache-2.0
#include <windows.h>
// After it.
#include <delayimp.h>

#include <node_api.h>

#include <cstring>

namespace {

// The addon asks for node.exe by that name, and whoever runs it may have another
// one: the program itself is meant.
FARPROC WINAPI FindHost(unsigned event, DelayLoadInfo* info) {
  if (event != dliNotePreLoadLibrary || _stricmp(info->szDll, "node.exe") != 0) return nullptr;
  return reinterpret_cast<FARPROC>(GetModuleHandleW(nullptr));
}

}  // namespace

// Whether it is const depends on whose header this is.
decltype(__pfnDliNotifyHook2) __pfnDliNotifyHook2 = FindHost;

// While a thunk of dlltool's looks its function up, what was passed in a
// floating-point register is lost. The only such function is called in vain
// before it counts: without an environment it does nothing.
[[maybe_unused]] static const napi_status looked_up = napi_create_double(nullptr, 0, nullptr);
