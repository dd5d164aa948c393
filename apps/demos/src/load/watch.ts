// SPDX-License-Identifier: Apache-2.0
import { ProgressLine } from '../terminal/progress-line.js';
import { quantity } from '../terminal/text.js';
import { DemoFailure } from '../failure.js';
import type { Tally } from './tally.js';

const REFRESH_MS = 100;
const PATIENCE_MS = 10_000;

/**
 * Waits for a run to end, showing how it goes.
 * @throws DemoFailure on Ctrl-C, and when echoes are outstanding and none arrives for a long time.
 */
export async function watch(run: Promise<void>, tally: Tally, describe: () => string): Promise<void> {
  using line = new ProgressLine();
  const stop = stopSignal(tally, () => line.show(describe()));
  try {
    await Promise.race([run, stop.promise]);
  } finally {
    stop.cancel();
  }
}

/** Rejects when a run is to be given up; calls `show` ten times a second until then. */
function stopSignal(tally: Tally, show: () => void): { promise: Promise<never>; cancel: () => void } {
  let cancel = (): void => undefined;
  const promise: Promise<never> = new Promise((_, reject) => {
    const interrupt = (): void => reject(new DemoFailure('interrupted'));
    let received = 0;
    let changedAt = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      if (tally.receivedBytes !== received || tally.onTheWayBytes === 0) changedAt = now;
      received = tally.receivedBytes;
      show();
      if (now - changedAt < PATIENCE_MS) return;
      const missing = quantity(tally.onTheWayBytes, 'byte');
      reject(new DemoFailure(`nothing has come back for 10 seconds; missing: ${missing}`));
    }, REFRESH_MS);
    process.once('SIGINT', interrupt);
    cancel = () => {
      clearInterval(timer);
      process.off('SIGINT', interrupt);
    };
  });
  return { promise, cancel };
}
