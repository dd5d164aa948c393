// SPDX-License-Identifier: Apache-2.0

/** The message that makes a blocking server queue {@link queuedBytes} and then stop serving its event loop. */
export const blockRequest = 'block';
export const blockedMs = 500;
export const queuedBytes: number = 32 * 1024 * 1024;

/** How long, and of how long, {@link blockNowAndThen} blocks. */
export const pauseMs = 200;
export const pauseEveryMs = 250;

export function isBlockRequest(data: Uint8Array): boolean {
  return data.length === blockRequest.length && Buffer.from(data).toString() === blockRequest;
}

export function blockEventLoop(milliseconds: number = blockedMs): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** From now on the event loop stands still most of the time. */
export function blockNowAndThen(): void {
  blockEventLoop(pauseMs);
  setTimeout(blockNowAndThen, pauseEveryMs - pauseMs);
}
