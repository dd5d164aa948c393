// SPDX-License-Identifier: Apache-2.0
import { CommandKind } from './boundary.js';
import { ConnectionState, type Connection } from './connection.js';
import type { EngineSettings } from './engine-settings.js';
import { SendPolicy } from './enums.js';
import { ErrorCode } from './errors.js';
import type { PayloadHead, ReceiveModel } from './receive-model.js';

/** The most bytes that `sendSmallFile` sends: file, head and tail. HP-Socket's limit, just under 4 MiB. */
export const MAX_SMALL_FILE_BYTES = 4_194_303;

/**
 * The way out of one component: all bytes of a send are queued, or none. Answers an ErrorCode,
 * `Ok` where the bytes were taken.
 */
export class Sending {
  readonly #highWaterMark: number;
  readonly #maxPending: number;
  /** Unconfirmed bytes beyond which the native core is asked. */
  readonly #checkedFrom: number;
  readonly #flushesEachSend: boolean;
  /** Each send is a datagram: it stays whole, and by itself. */
  readonly #isDatagrams: boolean;
  readonly #mostBytes: number;
  readonly #leastBytes: number;
  readonly #head: PayloadHead | undefined;
  readonly #waiting: Map<Connection, (() => void)[]> = new Map();

  constructor(settings: EngineSettings, model: ReceiveModel<never> | undefined) {
    this.#highWaterMark = settings.highWaterMarkBytes;
    this.#maxPending = settings.maxPendingBytes;
    this.#checkedFrom = Math.min(settings.highWaterMarkBytes, settings.maxPendingBytes);
    this.#flushesEachSend = settings.sendPolicy === (SendPolicy.Direct as number);
    this.#head = model?.head;
    this.#isDatagrams = settings.maxDatagramSize !== 0;
    this.#mostBytes = this.#isDatagrams ? settings.maxDatagramSize : Number.MAX_SAFE_INTEGER;
    this.#leastBytes = settings.isCast ? 0 : 1;
  }

  send(connection: Connection, data: Uint8Array, offset: number, length: number): ErrorCode {
    // Put so that NaN is refused too.
    if (!(length >= 0 && offset >= 0 && offset + length <= bytesIn(data))) return ErrorCode.InvalidArgument;
    const headBytes = this.#headBytesFor(length);
    if (headBytes < 0) return -headBytes;
    const total = headBytes + length;
    connection.unconfirmedBytes += total;
    if (connection.unconfirmedBytes > this.#checkedFrom && !this.#admit(connection, total)) {
      return ErrorCode.PendingLimit;
    }
    connection.link.commands.send(connection, data, offset, length, headBytes, this.#head);
    if (this.#isDatagrams) connection.link.commands.complete();
    if (this.#flushesEachSend) connection.link.commands.flush();
    return ErrorCode.Ok;
  }

  /** Sends several pieces as one: nothing else comes in between. */
  sendGroup(connection: Connection, pieces: readonly Uint8Array[]): ErrorCode {
    let length = 0;
    for (const piece of pieces) length += bytesIn(piece);
    if (Number.isNaN(length) || pieces.length === 0) return ErrorCode.InvalidArgument;
    if (this.#isDatagrams) {
      if (length > this.#mostBytes) return ErrorCode.MessageSize;
      return this.send(connection, Buffer.concat(pieces, length), 0, length);
    }
    const headBytes = this.#headBytesFor(length);
    if (headBytes < 0) return -headBytes;
    const total = headBytes + length;
    connection.unconfirmedBytes += total;
    if (connection.unconfirmedBytes > this.#checkedFrom && !this.#admit(connection, total)) {
      return ErrorCode.PendingLimit;
    }
    const { commands } = connection.link;
    if (this.#flushesEachSend && pieces.length > 1) {
      commands.send(connection, Buffer.concat(pieces, length), 0, length, headBytes, this.#head);
    } else {
      if (this.#head !== undefined) commands.sendHead(connection, length, headBytes, this.#head);
      for (const piece of pieces) {
        if (piece.length !== 0) commands.send(connection, piece, 0, piece.length, 0, undefined);
      }
    }
    if (this.#flushesEachSend) commands.flush();
    return ErrorCode.Ok;
  }

  /** How much goes before a payload of this length; negative: why it is refused. */
  #headBytesFor(length: number): number {
    if (this.#head !== undefined) return this.#head.sizeFor(length);
    return length >= this.#leastBytes && length <= this.#mostBytes ? 0 : -ErrorCode.InvalidArgument;
  }

  /** Whether more than the high-water mark is pending. */
  isCongested(connection: Connection): boolean {
    if (connection.unconfirmedBytes <= this.#highWaterMark) return false;
    connection.unconfirmedBytes = connection.link.pendingBytes(connection);
    return connection.unconfirmedBytes > this.#highWaterMark;
  }

  /** Settles when no more than the low-water mark is pending, or the connection is closed. */
  drained(connection: Connection): Promise<void> {
    if (!this.isCongested(connection)) return Promise.resolve();
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(connection);
      if (waiting === undefined) this.#waiting.set(connection, [resolve]);
      else waiting.push(resolve);
      this.#askForDrain(connection);
    });
  }

  /** Whether more was sent while the news of a drain was on its way, so that the next drain is to be told. */
  isCongestedAgain(connection: Connection): boolean {
    if (connection.state !== ConnectionState.Open || !this.isCongested(connection)) return false;
    connection.link.commands.write(CommandKind.NotifyDrain, connection);
    return true;
  }

  /** The connection is drained or closed. */
  release(connection: Connection): void {
    connection.awaitsDrain = false;
    if (this.#waiting.size === 0) return;
    const waiting = this.#waiting.get(connection);
    if (waiting === undefined) return;
    this.#waiting.delete(connection);
    for (const resolve of waiting) resolve();
  }

  // The count of unconfirmed bytes only grows until native code is asked for the
  // truth, which happens each time it passes the high-water mark.
  #admit(connection: Connection, length: number): boolean {
    const pending = connection.link.pendingBytes(connection);
    if (pending + length > this.#maxPending) {
      connection.unconfirmedBytes = pending;
      return false;
    }
    connection.unconfirmedBytes = pending + length;
    if (pending + length > this.#highWaterMark) this.#askForDrain(connection);
    return true;
  }

  #askForDrain(connection: Connection): void {
    if (connection.awaitsDrain || connection.state !== ConnectionState.Open) return;
    connection.awaitsDrain = true;
    // After the bytes that made it congested: they are being written right now.
    queueMicrotask(() => {
      if (connection.state === ConnectionState.Open) {
        connection.link.commands.write(CommandKind.NotifyDrain, connection);
      }
    });
  }
}

/**
 * NaN for what is no array of bytes, such as text, an ArrayBuffer or a Uint16Array. The hot path reads
 * `length`: Node 20 takes four times as long for the `byteLength` of a Buffer.
 */
function bytesIn(data: Uint8Array): number {
  return data instanceof Uint8Array ? data.length : bytesInOther(data);
}

/** Of another realm, as in the sandboxes of test runners, or signed, or no array of bytes at all. */
function bytesInOther(data: NodeJS.TypedArray): number {
  return data.BYTES_PER_ELEMENT === 1 ? data.length : Number.NaN;
}
