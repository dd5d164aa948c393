// SPDX-License-Identifier: Apache-2.0
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { ConnectionAccess } from './connection-access.js';
import type { Load, Sample } from './protocol.js';

/** An echo that has not come by then has been lost, as datagrams may be. */
const LOST_AFTER_MS = 2000;
/** How soon new connections get their first message where messages follow echoes. */
const LOOK_MS = 100;

/** A message on its way. */
interface Asked {
  readonly at: number;
  /** Bytes of the echo still to come. */
  missing: number;
}

/** The load of one component: on each connection one message at a time, until its echo is back. */
export class EchoLoad {
  readonly #access: ConnectionAccess;
  readonly #asked: Map<number, Asked> = new Map();
  readonly #latency: RecordableHistogram = createHistogram();
  #payload: Buffer = Buffer.alloc(0);
  #load: Load | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(access: ConnectionAccess) {
    this.#access = access;
  }

  /** The load that runs, if one does. */
  get load(): Load | undefined {
    return this.#load;
  }

  /** Begins, or goes on with another load. */
  start(load: Load): void {
    this.stop();
    this.#load = load;
    this.#payload = Buffer.alloc(load.size, 'HP-Socket ');
    this.#timer = setInterval(() => this.#askAll(), load.intervalMs || LOOK_MS);
    this.#askAll();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#load = undefined;
    this.#asked.clear();
  }

  /** For `onReceive`: bytes of a connection have come. */
  received(id: number, length: number): void {
    const asked = this.#asked.get(id);
    if (asked === undefined) return;
    asked.missing -= length;
    if (asked.missing > 0) return;
    this.#latency.record(Math.max(1, Math.round(1e6 * (performance.now() - asked.at))));
    this.#asked.delete(id);
    if (this.#load?.intervalMs === 0) this.#ask(id);
  }

  /** For `onClose`. */
  closed(id: number): void {
    this.#asked.delete(id);
  }

  /** The latency since this was called last. */
  takeLatency(): Sample['latency'] {
    const { count } = this.#latency;
    if (count === 0) return undefined;
    const milliseconds = (percentile: number): number => this.#latency.percentile(percentile) / 1e6;
    const latency = { p50: milliseconds(50), p99: milliseconds(99) };
    this.#latency.reset();
    return latency;
  }

  #askAll(): void {
    const lostBefore = performance.now() - LOST_AFTER_MS;
    for (const id of this.#access.ids()) {
      const asked = this.#asked.get(id);
      if (asked === undefined || asked.at < lostBefore) this.#ask(id);
    }
  }

  #ask(id: number): void {
    // Set before the send, whose echo could be told from inside it.
    this.#asked.set(id, { at: performance.now(), missing: this.#payload.length });
    if (!this.#access.isConnected(id) || !this.#access.send(id, this.#payload)) this.#asked.delete(id);
  }
}
