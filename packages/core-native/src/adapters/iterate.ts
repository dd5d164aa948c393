// SPDX-License-Identifier: Apache-2.0
import { Component } from '../component.js';
import { ConnectionState, type Connection } from '../connection.js';
import { SocketError, SocketOperation } from '../enums.js';
import { ErrorCode, HpSocketError } from '../errors.js';
import { closeError, holdReading, takeOver } from './take-over.js';

/** A queue that is filled from callbacks and emptied by a `for await`. */
class AsyncQueue<T> implements AsyncIterableIterator<T> {
  readonly #items: T[] = [];
  readonly #on: { taken?(left: number): void; done?(): void; left?(): void };
  readonly #waiting: ((result: IteratorResult<T> | Promise<IteratorResult<T>>) => void)[] = [];
  #error: Error | undefined;
  #isEnded = false;

  /** @param on - an item was taken; the loop has come to the end; it was left before. */
  constructor(on: { taken?(left: number): void; done?(): void; left?(): void }) {
    this.#on = on;
  }

  put(item: T): void {
    const taker = this.#waiting.shift();
    if (taker === undefined) this.#items.push(item);
    else taker({ done: false, value: item });
  }

  /** No item follows; where there is an error, the loop throws it once it has taken all items. */
  end(error?: Error): void {
    this.#isEnded = true;
    this.#error = error;
    for (const taker of this.#waiting.splice(0)) taker(this.#last());
  }

  #last(): IteratorResult<T> | Promise<IteratorResult<T>> {
    this.#on.done?.();
    const error = this.#error;
    this.#error = undefined;
    return error === undefined ? { done: true, value: undefined } : Promise.reject(error);
  }

  get length(): number {
    return this.#items.length;
  }

  next(): Promise<IteratorResult<T>> {
    const item = this.#items.shift();
    if (item !== undefined) {
      this.#on.taken?.(this.#items.length);
      return Promise.resolve({ done: false, value: item });
    }
    if (this.#isEnded) return Promise.resolve(this.#last());
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  return(): Promise<IteratorResult<T>> {
    this.#on.left?.();
    this.#items.length = 0;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** Buffers that wait for the loop before reading is paused. */
const MAX_WAITING = 16;

/**
 * The bytes of a connection, for `for await`. Reading pauses while the loop is behind by 16 buffers.
 * `onReceive` is not called for the connection any more, its other events are. The loop ends when the
 * peer has finished sending; what was sent within it still goes out, and then the connection is closed.
 * It throws an HpSocketError where the connection ends with an error. Who leaves the loop early disconnects:
 * nobody else takes the bytes.
 * @throws HpSocketError where the connection is not open, or its bytes belong to a receive model.
 *
 * @example
 * ```ts
 * const client = new TcpClient({});
 * await client.startAsync('127.0.0.1', 5555);
 * for await (const data of iterateBytes(client, client.connectionId)) client.send(data);
 * ```
 */
export function iterateBytes(component: Component, id: number): AsyncIterableIterator<Buffer> {
  let isHeld = false;
  const queue: AsyncQueue<Buffer> = new AsyncQueue({
    taken: (left) => {
      if (!isHeld || left >= MAX_WAITING / 2) return;
      isHeld = false;
      holdReading(connection, false);
    },
    done: () => {
      if (connection.state === ConnectionState.Open) connection.engine.end(connection);
    },
    left: () => {
      if (connection.state !== ConnectionState.Open) return;
      connection.engine.close(connection, SocketOperation.Close, ErrorCode.Ok);
    },
  });
  const connection: Connection = takeOver(component, id, {
    receive: (data) => {
      queue.put(data);
      if (queue.length < MAX_WAITING || isHeld) return;
      isHeld = true;
      holdReading(connection, true);
    },
    end: () => {
      queue.end();
    },
    close: (errorCode) => {
      queue.end(errorCode === ErrorCode.Ok ? undefined : closeError(errorCode));
    },
  });
  return queue;
}

/**
 * The ids of the connections a running component accepts or makes from now on, for `for await`: over TLS each once its handshake is
 * done. The loop ends when the component stops.
 * @throws HpSocketError where the component does not run.
 *
 * @example
 * ```ts
 * const server = new TcpServer({});
 * server.start('127.0.0.1', 5555);
 * for await (const id of iterateConnections(server)) server.send(id, Buffer.from('welcome'));
 * ```
 */
export function iterateConnections(component: Component): AsyncIterableIterator<number> {
  const engine = Component.engineOf(component);
  if (engine === undefined) {
    throw new HpSocketError(SocketError.IllegalState, 'The component does not run; call start() first.');
  }
  const watcher = (connection: Connection): void => {
    queue.put(connection.id);
  };
  const ender = (): void => {
    queue.end();
  };
  const queue: AsyncQueue<number> = new AsyncQueue({
    left: () => {
      engine.watchers.delete(watcher);
      engine.enders.delete(ender);
    },
  });
  engine.watchers.add(watcher);
  engine.enders.add(ender);
  return queue;
}
