// SPDX-License-Identifier: Apache-2.0

export interface Mode {
  readonly name: string;
  readonly workerThreadCount: number;
}

const threaded: readonly Mode[] = [
  { name: 'one thread', workerThreadCount: 1 },
  { name: 'two threads', workerThreadCount: 2 },
];

/** Where the reactors run: every suite runs in each of these modes. Windows has no reactor inside Node's loop. */
export const modes: readonly Mode[] =
  process.platform === 'win32' ? threaded : [{ name: 'inline', workerThreadCount: 0 }, ...threaded];
