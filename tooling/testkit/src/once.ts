// SPDX-License-Identifier: Apache-2.0
import { once as nodeOnce, type EventEmitter } from 'node:events';
import { within } from './within.js';

/**
 * Resolves to the arguments of the emitter's next `event`; rejects on 'error', and naming the event
 * when it does not come in time.
 */
export async function once(emitter: EventEmitter, event: string, timeoutMs = 10_000): Promise<unknown[]> {
  const waiting = new AbortController();
  const arrival: Promise<unknown[]> = nodeOnce(emitter, event, { signal: waiting.signal });
  try {
    return await within(arrival, timeoutMs, `The event '${event}'`);
  } finally {
    waiting.abort();
  }
}
