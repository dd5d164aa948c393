// SPDX-License-Identifier: Apache-2.0
// Processes and workers that end while components are busy. What is to be busy, a module says: its
// `startBusyComponents(onMessage)` resolves to components once they are, and `onMessage` is called inside callbacks.
import path from 'node:path';
import { type ChildResult, runChild } from './child.js';

const children = path.join(import.meta.dirname, '../children');

/** Children at the same time. */
const AT_ONCE = 4;

/** How a process has ended that was to end in some way. */
export interface Ending extends ChildResult {
  readonly way: string;
}

/** So many processes that run the module `busy`, and end in these ways by turns. */
export async function endProcesses(
  busy: string,
  ways: readonly string[],
  times: number,
): Promise<readonly Ending[]> {
  const endings: Ending[] = [];
  let begun = 0;
  const runSome = async (): Promise<void> => {
    while (begun < times) {
      const way = ways[begun++ % ways.length] ?? '';
      endings.push({ way, ...(await runChild(path.join(children, 'exits.mjs'), [busy, way])) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runSome));
  return endings;
}

/**
 * So many workers of one process, one after the other, that run the module `busy` and end in some way.
 * The process prints, as JSON, `endings` (how often each has been met) and `leaked` (descriptors).
 */
export async function endWorkers(
  busy: string,
  way: string,
  times: number,
  timeoutMs: number,
): Promise<ChildResult> {
  return await runChild(path.join(children, 'workers.mjs'), [busy, way, String(times)], { timeoutMs });
}
