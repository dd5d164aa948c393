// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

// The server on one core and the load generator on another, so that neither takes the other's time.
export const serverCore = 0;
export const loadCore = 1;

const canPin = availableParallelism() > loadCore && spawnSync('taskset', ['--version']).error === undefined;

/** `command` on one core, where the machine has `taskset`. */
export function pinned(core: number, command: readonly string[]): [string, ...string[]] {
  const [program = '', ...args] = command;
  return canPin ? ['taskset', '-c', String(core), program, ...args] : [program, ...args];
}
