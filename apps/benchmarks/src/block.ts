// SPDX-License-Identifier: Apache-2.0

/** The message that makes a blocking server queue {@link queuedBytes} and then stop serving its event loop. */
export const blockRequest = 'block';
export const blockedMs = 500;
export const queuedBytes: number = 32 * 1024 * 1024;

export function isBlockRequest(data: Uint8Array): boolean {
  return data.length === blockRequest.length && Buffer.from(data).toString() === blockRequest;
}

export function blockEventLoop(): void {
  const end = performance.now() + blockedMs;
  while (performance.now() < end);
}
