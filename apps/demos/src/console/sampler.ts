// SPDX-License-Identifier: Apache-2.0
import type { ManagedComponent } from './managed-component.js';
import type { Sample } from './protocol.js';

/** The totals that grow while a component runs. */
interface Totals {
  readonly messages: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly batches: number;
  readonly batchedEvents: number;
}

/** Tells, each time it is asked, what a component has done since the last time. */
export class Sampler {
  readonly #component: number;
  readonly #managed: ManagedComponent;
  #last: Totals;
  #lastAt: number = performance.now();

  constructor(component: number, managed: ManagedComponent) {
    this.#component = component;
    this.#managed = managed;
    this.#last = this.#totals();
  }

  take(): Sample {
    const totals = this.#totals();
    const now = performance.now();
    const seconds = (now - this.#lastAt) / 1000;
    // A component that was started again counts from 0.
    const growth = (name: keyof Totals): number => {
      const before = this.#last[name];
      return totals[name] >= before ? totals[name] - before : totals[name];
    };
    const batches = growth('batches');
    const latency = this.#managed.load.takeLatency();
    const sample: Sample = {
      component: this.#component,
      messages: growth('messages') / seconds,
      bytesIn: growth('bytesReceived') / seconds,
      bytesOut: growth('bytesSent') / seconds,
      ...(batches > 0 && { batch: growth('batchedEvents') / batches }),
      ...(latency && { latency }),
    };
    this.#last = totals;
    this.#lastAt = now;
    return sample;
  }

  #totals(): Totals {
    const { messages } = this.#managed.observer;
    const { bytesReceived, bytesSent, batches, batchedEvents } = this.#managed.made.component.stats();
    return { messages, bytesReceived, bytesSent, batches, batchedEvents };
  }
}
