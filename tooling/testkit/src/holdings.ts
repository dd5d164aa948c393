// SPDX-License-Identifier: Apache-2.0
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { eventually } from './eventually.js';
import { openDescriptors, threadCount } from './process-stats.js';

/** What a process holds of the system's. Linux alone. */
export interface Holdings {
  readonly descriptors: number;
  readonly threads: number;
}

export function holdings(): Holdings {
  return { descriptors: openDescriptors(), threads: threadCount() };
}

/** Waits until the process holds no more than it did before: a thread ends after its component has stopped. */
export async function returnTo({ descriptors, threads }: Holdings): Promise<void> {
  await eventually(
    () => openDescriptors() <= descriptors && threadCount() <= threads,
    () => `A return to ${descriptors} descriptors and ${threads} threads`,
  );
}

let gc: (() => void) | undefined;

/** Collects garbage now. */
export function collectGarbage(): void {
  if (gc === undefined) {
    setFlagsFromString('--expose-gc');
    gc = runInNewContext('gc') as () => void;
  }
  gc();
}
