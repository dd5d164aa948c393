// SPDX-License-Identifier: Apache-2.0
import type { NativeSettings } from './binding.js';

/** Everything a component runs with; the roles fill it from their own settings. */
export interface EngineSettings extends Omit<
  NativeSettings,
  'opensByItself' | 'borrowedReceive' | 'tellsSends' | 'tellsRejects'
> {
  /** Threads for the reactor; 0: it runs inside Node's loop. */
  readonly workerThreadCount: number;
  /** Whether the thread is shared with other components that say so, as clients do. */
  readonly sharesThread: boolean;
  /** Send buffers its reactors keep for reuse. */
  readonly cachedBuffers: number;
  /** Places of closed connections its reactors keep for reuse. */
  readonly cachedConnections: number;
  /** Unsent bytes of one connection beyond which `send` is refused. */
  readonly maxPendingBytes: number;
  /** Whether each connection's callbacks run in an async context of its own. */
  readonly asyncContext: boolean;
  /** Whether the time of the last receive is kept for the silence functions. */
  readonly markSilence: boolean;
  /** Whether it is a member of a group: each datagram is told with who sent it, and may have no bytes. */
  readonly isCast: boolean;
  /** Length of the queue of connections waiting to be accepted. */
  readonly socketListenQueue: number;
}
