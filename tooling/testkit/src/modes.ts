// SPDX-License-Identifier: Apache-2.0

export interface Mode {
  readonly name: string;
  readonly workerThreadCount: number;
}

const threaded: readonly Mode[] = [
  { name: 'one thread', workerThreadCount: 1 },
  { name: 'two threads', workerThreadCount: 2 },
];

// Windows has no reactor inside Node's loop.
const possible: readonly Mode[] =
  process.platform === 'win32' ? threaded : [{ name: 'inline', workerThreadCount: 0 }, ...threaded];

const { HP_TEST_MODE: wanted } = process.env;

/** Where the reactors run: every suite runs in each of these modes, or in the one that `HP_TEST_MODE` names. */
export const modes: readonly Mode[] = possible.filter(({ name }) => name === (wanted ?? name));
