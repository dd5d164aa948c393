// SPDX-License-Identifier: Apache-2.0
// bcryptprimitives.dll with its one function, which Wine 8 lacks and vitest's bundler wants.
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID bytes, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T length) {
  return SystemFunction036(bytes, (ULONG)length);
}
