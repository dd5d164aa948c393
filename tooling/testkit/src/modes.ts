// SPDX-License-Identifier: Apache-2.0

/** Where the reactors run: every suite runs in each of these modes. */
export const modes: readonly { readonly name: string; readonly workerThreadCount: number }[] = [
  { name: 'inline', workerThreadCount: 0 },
  { name: 'one thread', workerThreadCount: 1 },
  { name: 'two threads', workerThreadCount: 2 },
];
