// SPDX-License-Identifier: Apache-2.0
import { DISCONNECT_FLUSH } from '../boundary.js';
import type { Component } from '../component.js';
import { ConnectionState, type Connection } from '../connection.js';
import { SocketError, SocketOperation } from '../enums.js';
import { ErrorCode, HpSocketError } from '../errors.js';
import type { AdapterDecoder } from '../receive-model.js';
import { freeConnection, holdReading, takeOver } from './take-over.js';

/** One direction: what `source` receives goes to `target`, no faster than that takes it. */
class Direction implements AdapterDecoder {
  readonly borrows = true;
  source: Connection | undefined;
  target: Connection | undefined;
  readonly closed: Promise<void>;
  #resolveClosed: (() => void) | undefined;

  constructor() {
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  receive(data: Buffer): void {
    const { source, target } = this;
    if (source === undefined || target?.state !== ConnectionState.Open) return;
    const { engine } = target;
    const { sending } = engine;
    if (!engine.send(target.id, data, 0, data.length)) {
      // Its limit is smaller than what one receive brings, or it may not send yet or any more.
      source.engine.close(source, SocketOperation.Send, engine.lastErrorCode);
      return;
    }
    if (!sending.isCongested(target)) return;
    holdReading(source, true);
    void sending.drained(target).then(() => {
      holdReading(source, false);
    });
  }

  end(): void {
    const { target } = this;
    if (target?.state === ConnectionState.Open) target.engine.end(target);
  }

  close(): void {
    const { target } = this;
    if (target?.state === ConnectionState.Open) {
      target.engine.close(target, SocketOperation.Close, ErrorCode.Ok, DISCONNECT_FLUSH);
    }
    this.#resolveClosed?.();
  }
}

/**
 * Joins two connections: what one receives the other sends. When a peer has finished sending, the other
 * is told so, and may still answer; the relay ends when both have finished, or either connection is closed:
 * then the other gets what is still queued for it and is closed too. A slow side slows the other down, so
 * that at most the target's `highWaterMarkBytes` and one batch are kept in memory. `onReceive` is not
 * called for the two while they are joined.
 * @returns a promise that settles when both are closed.
 * @throws HpSocketError where one of them is not open, or its bytes belong to a receive model, or both are
 * the same.
 *
 * @example
 * ```ts
 * const agent = new TcpAgent({});
 * agent.start();
 * const server = new TcpServer({
 *   onAccept: async (server, id) => {
 *     server.pauseReceive(id);
 *     const target = await agent.connectAsync('127.0.0.1', 5555);
 *     const relayed = relay(server, id, agent, target);
 *     server.pauseReceive(id, false);
 *     await relayed;
 *   },
 * });
 * ```
 */
export async function relay(a: Component, idA: number, b: Component, idB: number): Promise<void> {
  const forth = new Direction();
  const back = new Direction();
  if (freeConnection(a, idA) === freeConnection(b, idB)) {
    throw new HpSocketError(SocketError.IllegalState, 'A connection cannot be relayed to itself.');
  }
  const connectionA = takeOver(a, idA, forth);
  const connectionB = takeOver(b, idB, back);
  forth.source = back.target = connectionA;
  forth.target = back.source = connectionB;
  await Promise.all([forth.closed, back.closed]);
}
