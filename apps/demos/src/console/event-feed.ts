// SPDX-License-Identifier: Apache-2.0
import type { EventName, LoggedEvent } from './protocol.js';

/** Events that are kept for a page that comes, or falls behind. */
const KEPT = 1000;
/** Events between two refills: of data, which can come by the hundred thousand, and of everything else. */
const ALLOWED_OF_DATA = 40;
const ALLOWED_OF_OTHERS = 200;

const dataEvents: ReadonlySet<EventName> = new Set<EventName>(['onReceive', 'onSend']);

/** A component, as its events name it. */
export interface EventSource {
  readonly id: number;
  readonly name: string;
}

/**
 * The last events of all components. Every event gets a number, but only some are kept when there are many at a
 * time: the others cost no more than being counted, so that a component under load is not slowed.
 */
export class EventFeed {
  #events: LoggedEvent[] = [];
  #lastNumber = 0;
  #dataAllowance = ALLOWED_OF_DATA;
  #otherAllowance = ALLOWED_OF_OTHERS;

  /** The number of the last event, kept or not. */
  get lastNumber(): number {
    return this.#lastNumber;
  }

  /**
   * Takes an event.
   * @param source - the component.
   * @param describe - what there is to say of it; not called where the event is left out.
   */
  add(source: EventSource, name: EventName, connection: number | undefined, describe: () => string): void {
    const number = ++this.#lastNumber;
    if (dataEvents.has(name) ? this.#dataAllowance-- <= 0 : this.#otherAllowance-- <= 0) return;
    const about = connection === undefined ? {} : { connection };
    this.#events.push({
      number,
      at: Date.now(),
      component: source.id,
      source: source.name,
      name,
      ...about,
      detail: describe(),
    });
    if (this.#events.length >= 2 * KEPT) this.#events = this.#events.slice(-KEPT);
  }

  /** The events that are kept of those after a number. */
  since(number: number): readonly LoggedEvent[] {
    const first = this.#events.findLastIndex((event) => event.number <= number) + 1;
    return this.#events.slice(Math.max(first, this.#events.length - KEPT));
  }

  /** The next events may come. */
  refill(): void {
    this.#dataAllowance = ALLOWED_OF_DATA;
    this.#otherAllowance = ALLOWED_OF_OTHERS;
  }
}
