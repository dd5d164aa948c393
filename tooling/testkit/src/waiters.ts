// SPDX-License-Identifier: Apache-2.0
import { within } from './within.js';

/** Tests that wait until something has changed far enough. */
export class Waiters {
  readonly #checks = new Set<() => void>();

  /** Something has changed: those whose condition now holds go on. */
  changed(): void {
    for (const check of this.#checks) check();
  }

  /** Settles once `condition` holds; rejects naming `what` when that takes too long. */
  async until(condition: () => boolean, what: string | (() => string), timeoutMs = 10_000): Promise<void> {
    if (condition()) return;
    let check: (() => void) | undefined;
    const reached = new Promise<void>((resolve) => {
      check = () => {
        if (condition()) resolve();
      };
      this.#checks.add(check);
    });
    try {
      await within(reached, timeoutMs, what);
    } finally {
      if (check !== undefined) this.#checks.delete(check);
    }
  }
}
