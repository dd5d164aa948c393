// SPDX-License-Identifier: Apache-2.0

/** JavaScript does something else, while peers and threads go on. */
export function beBusy(): void {
  const end = performance.now() + 30;
  while (performance.now() < end);
}
