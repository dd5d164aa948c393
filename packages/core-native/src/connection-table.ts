// SPDX-License-Identifier: Apache-2.0
import type { Connection } from './connection.js';

/**
 * The live connections of one engine by id. An accepted one that nobody has asked for and nothing
 * has happened to is known by its place alone: most connections of a large server are idle, and an
 * object for each would be most of what they cost.
 */
export class ConnectionTable implements Iterable<Connection> {
  readonly #entries: Map<number, Connection | number> = new Map();
  readonly #meet: (id: number, place: number) => Connection;

  /** @param meet - makes the object of a connection that was known by its place. */
  constructor(meet: (id: number, place: number) => Connection) {
    this.#meet = meet;
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
    if (typeof entry !== 'number') return entry;
    const connection = this.#meet(id, entry);
    this.#entries.set(id, connection);
    return connection;
  }

  /** What it holds of each, oldest first: the connection, or its place. */
  entries(): IterableIterator<[id: number, entry: Connection | number]> {
    return this.#entries.entries();
  }

  add(connection: Connection): void {
    this.#entries.set(connection.id, connection);
  }

  /** Adds one that is known by its place until `get` is called for it. */
  addUnmet(id: number, place: number): void {
    this.#entries.set(id, place);
  }

  delete(id: number): void {
    this.#entries.delete(id);
  }

  /** All of them, oldest first; they may be deleted on the way. */
  *[Symbol.iterator](): IterableIterator<Connection> {
    for (const id of this.#entries.keys()) {
      const connection = this.get(id);
      if (connection !== undefined) yield connection;
    }
  }
}
