// SPDX-License-Identifier: Apache-2.0

/** Waits for something that no event tells: looks again in each turn of the event loop. */
export async function eventually(
  condition: () => boolean,
  what: string | (() => string),
  timeoutMs = 10_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadline) {
      throw new Error(`${typeof what === 'string' ? what : what()} did not happen within ${timeoutMs} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
