// SPDX-License-Identifier: Apache-2.0
import { Connection, ConnectionState } from './connection.js';
import type { Engine } from './engine.js';
import type { Link } from './link.js';

/**
 * The live connections of one engine by id. An accepted one that nobody has asked for and nothing
 * has happened to is known by its place alone: most connections of a large server are idle, and an
 * object for each would be most of what they cost.
 */
export class ConnectionTable implements Iterable<Connection> {
  /** The connection, or its place: slot and link in one number. */
  readonly #entries: Map<number, Connection | number> = new Map();
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** How many there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** Their ids, oldest first. */
  ids(): number[] {
    return [...this.#entries.keys()];
  }

  /** The connection, if it is in the table. */
  get(id: number): Connection | undefined {
    const entry = this.#entries.get(id);
    return typeof entry === 'number' ? this.#meet(id, entry) : entry;
  }

  /** Adds one; the engine and its dispatcher do. */
  add(connection: Connection): void {
    this.#entries.set(connection.id, connection);
  }

  /** Adds an open one that is known by its place until `get` is called for it. */
  addUnmet(id: number, link: Link, slot: number): void {
    const { links } = this.#engine;
    this.#entries.set(id, slot * links.length + links.indexOf(link));
  }

  /** Takes one out that is over. */
  delete(id: number): void {
    this.#entries.delete(id);
  }

  /** All of them, oldest first; they may be deleted on the way. */
  *[Symbol.iterator](): IterableIterator<Connection> {
    for (const [id, entry] of this.#entries) yield typeof entry === 'number' ? this.#meet(id, entry) : entry;
  }

  /** The ids of the open ones whose period is at least `ms`. */
  idsOver(ms: number, period: 'connectPeriod' | 'silencePeriod'): number[] {
    const ids: number[] = [];
    for (const [id, entry] of this.#entries) {
      if (typeof entry === 'number') {
        const { link, slot } = this.#placeOf(entry);
        if (link[period](slot, id) >= ms) ids.push(id);
      } else if (entry.state === ConnectionState.Open && this.#engine[period](entry) >= ms) {
        ids.push(id);
      }
    }
    return ids;
  }

  #meet(id: number, place: number): Connection {
    const { link, slot } = this.#placeOf(place);
    const connection = new Connection(id, slot, link, this.#engine);
    connection.state = ConnectionState.Open;
    link.attach(connection);
    this.#entries.set(id, connection);
    return connection;
  }

  #placeOf(place: number): { readonly link: Link; readonly slot: number } {
    const { links } = this.#engine;
    const index = place % links.length;
    // eslint-disable-next-line @typescript-eslint/no-non-null-assertion -- addUnmet() made the place of one of them
    return { link: links[index]!, slot: (place - index) / links.length };
  }
}
