// SPDX-License-Identifier: Apache-2.0
import type { Connection } from './connection.js';
import { SocketOperation } from './enums.js';
import { ErrorCode } from './errors.js';

/** How a connection ended while a pause held. */
export interface LateEnd {
  readonly operation: SocketOperation;
  readonly errorCode: ErrorCode;
  // For `onClose`: the native core has let go of the connection by then.
  readonly remoteAddress: { readonly address: string; readonly port: number } | undefined;
  /** On the clock of `performance.now()`. */
  readonly openedAt: number;
  readonly lastReceiveAt: number;
}

/** Received bytes, or `null`: the peer has finished sending. */
type LateData = Buffer | null;

interface Late {
  readonly data: LateData[];
  end: LateEnd | undefined;
}

/** Whether the stream has come to its end, rather than been given up by a send or a time limit. */
export function isEndOfStream(operation: SocketOperation, errorCode: ErrorCode): boolean {
  const isEnd = errorCode === ErrorCode.Ok || errorCode === ErrorCode.Truncated;
  return operation === SocketOperation.Receive || isEnd;
}

/**
 * What was on its way for connections when `pauseReceive` was called. It waits until reading goes on,
 * so that neither bytes nor the end of a stream are told while a pause holds. So does what comes with the end
 * of a handshake that is awaited, until who awaits it has had the chance to take the bytes.
 */
export class LateEvents {
  readonly #late: Map<Connection, Late> = new Map();

  /** Whether what arrives for a connection now has to wait. */
  awaits(connection: Connection): boolean {
    return connection.isPaused || (this.#late.size !== 0 && this.#late.has(connection));
  }

  /** Has everything wait that arrives for a connection, until it is taken out. */
  hold(connection: Connection): void {
    this.#of(connection);
  }

  keep(connection: Connection, data: LateData): void {
    this.#of(connection).data.push(data);
  }

  keepEnd(connection: Connection, end: LateEnd): void {
    this.#of(connection).end = end;
  }

  has(connection: Connection): boolean {
    return this.#late.has(connection);
  }

  /** What waited longest, taken out. */
  take(connection: Connection): LateData | undefined {
    return this.#late.get(connection)?.data.shift();
  }

  endOf(connection: Connection): LateEnd | undefined {
    return this.#late.get(connection)?.end;
  }

  forget(connection: Connection): void {
    if (this.#late.size !== 0) this.#late.delete(connection);
  }

  #of(connection: Connection): Late {
    let late = this.#late.get(connection);
    if (late === undefined) {
      late = { data: [], end: undefined };
      this.#late.set(connection, late);
    }
    return late;
  }
}
