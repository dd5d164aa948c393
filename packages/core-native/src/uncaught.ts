// SPDX-License-Identifier: Apache-2.0

/**
 * Lets an exception of a listener surface as an uncaught exception, after the batch in hand: the
 * application hears of it as of any other, and the other connections are served first.
 */
export function reportLater(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}
