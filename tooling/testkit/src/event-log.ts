// SPDX-License-Identifier: Apache-2.0
import { Waiters } from './waiters.js';

/** One event of a component: what it is called, and whatever came with it. */
export interface LoggedEvent {
  readonly name: string;
  readonly id: number;
  readonly data?: Buffer;
  readonly length?: number;
  readonly operation?: number;
  readonly errorCode?: number;
}

/** Keeps events in the order in which they happen and lets a test wait for them. */
export class EventLog {
  readonly events: LoggedEvent[] = [];
  readonly #byName = new Map<string, LoggedEvent[]>();
  readonly #receivedById = new Map<number, number>();
  readonly #waiters = new Waiters();
  #receivedLength = 0;

  add(event: LoggedEvent): void {
    this.events.push(event);
    const namesakes = this.#byName.get(event.name);
    if (namesakes === undefined) this.#byName.set(event.name, [event]);
    else namesakes.push(event);
    const length = event.data?.length ?? 0;
    this.#receivedLength += length;
    this.#receivedById.set(event.id, (this.#receivedById.get(event.id) ?? 0) + length);
    this.#waiters.changed();
  }

  /** The names so far, those of one connection where `id` is given. */
  names(id?: number): string[] {
    return this.events.filter((event) => id === undefined || event.id === id).map(({ name }) => name);
  }

  /** All events of a name so far. */
  all(name: string): readonly LoggedEvent[] {
    return this.#byName.get(name) ?? [];
  }

  count(name: string): number {
    return this.all(name).length;
  }

  /** The `count`-th event of a name, waiting for it. */
  async next(name: string, count = 1, timeoutMs = 10_000): Promise<LoggedEvent> {
    const what = () => `Event ${count} of '${name}' (so far: ${this.names().slice(0, 20).join(', ')})`;
    await this.until(() => this.count(name) >= count, what, timeoutMs);
    const event = this.all(name)[count - 1];
    if (event === undefined) throw new Error(`${name} has gone again`);
    return event;
  }

  /** Everything received so far, of one connection where `id` is given. */
  received(id?: number): Buffer {
    const events = this.events.filter((event) => id === undefined || event.id === id);
    return Buffer.concat(events.flatMap(({ data }) => (data === undefined ? [] : [data])));
  }

  receivedLength(id?: number): number {
    return id === undefined ? this.#receivedLength : (this.#receivedById.get(id) ?? 0);
  }

  /** All received bytes, waiting until there are `length` of them. */
  async receivedBytes(length: number, id?: number, timeoutMs = 10_000): Promise<Buffer> {
    const what = () => `The receipt of ${length} bytes (${this.receivedLength(id)} so far)`;
    await this.until(() => this.receivedLength(id) >= length, what, timeoutMs);
    return this.received(id);
  }

  /** Waits until an event makes `condition` true. */
  async until(condition: () => boolean, what: string | (() => string), timeoutMs?: number): Promise<void> {
    await this.#waiters.until(condition, what, timeoutMs);
  }
}
