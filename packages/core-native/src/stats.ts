// SPDX-License-Identifier: Apache-2.0

/** Counters of a component since its start, and what its reactor holds right now. */
export interface ComponentStats {
  /** Connections accepted. */
  readonly accepted: number;
  /** Connections made by `connect` or `start`. */
  readonly connected: number;
  /** Connections closed. */
  readonly closed: number;
  /** Peers sent away because of `maxConnections`. */
  readonly rejected: number;
  /** Times accepting rested because descriptors ran out. */
  readonly acceptPauses: number;
  /** Receives that brought bytes. */
  readonly receives: number;
  /** Bytes received. */
  readonly bytesReceived: number;
  /** Sends asked for. */
  readonly sends: number;
  /** Bytes the system has taken. */
  readonly bytesSent: number;
  /** System calls that receive. */
  readonly receiveCalls: number;
  /** System calls that send. */
  readonly sendCalls: number;
  /** Times the reading of a connection was paused. */
  readonly readPauses: number;
  /** Datagrams of no bytes received: probes, and answers to them. */
  readonly heartbeats: number;
  /**
   * Datagrams received and told to nobody: of strangers, more than the largest; of a peer, more than may
   * wait. Those that the system had no memory to send too.
   */
  readonly droppedDatagrams: number;
  /** Bytes queued for sending on all connections. */
  readonly queuedBytes: number;
  /** Datagrams that the system dropped because its buffer was full; 0 on Windows, which does not count them. */
  readonly lostDatagrams: number;
  /** Calls into JavaScript of the component's links; an inline link is shared by all inline components. */
  readonly batches: number;
  /** Events handed over in those calls. */
  readonly batchedEvents: number;
  /** Send buffers kept for reuse. */
  readonly cachedBuffers: number;
  /** Places for connections kept for reuse. */
  readonly cachedConnections: number;
}

/** The names of the counters, in the order native code gives them. */
export const STAT_NAMES: readonly Exclude<keyof ComponentStats, 'lostDatagrams'>[] = [
  'accepted',
  'connected',
  'closed',
  'rejected',
  'acceptPauses',
  'receives',
  'bytesReceived',
  'sends',
  'bytesSent',
  'receiveCalls',
  'sendCalls',
  'readPauses',
  'heartbeats',
  'droppedDatagrams',
  'queuedBytes',
  'batches',
  'batchedEvents',
  'cachedBuffers',
  'cachedConnections',
];

/** The counters of a component that has not run. */
export function emptyStats(): ComponentStats {
  return toStats(new Float64Array(STAT_NAMES.length));
}

/** Names the counters that native code has filled in; those of sockets are beside them. */
export function toStats(values: Float64Array, lostDatagrams = 0): ComponentStats {
  const counters = STAT_NAMES.map((name, index) => [name, values[index] ?? 0]);
  return { ...Object.fromEntries(counters), lostDatagrams } as ComponentStats;
}
