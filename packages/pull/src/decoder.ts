// SPDX-License-Identifier: Apache-2.0
import { FetchResult, type ModelConnection, type ModelDecoder } from '@hp/core-native';
import { ByteQueue } from './byte-queue.js';

/** Keeps what one connection has received until it is fetched. */
export class PullDecoder implements ModelDecoder {
  readonly #connection: ModelConnection<number>;
  readonly #maxBuffered: number;
  readonly #bytes = new ByteQueue();
  /** What was asked for in vain, which lifts the limit. */
  #wanted = 0;
  #isHeld = false;

  constructor(connection: ModelConnection<number>, maxBuffered: number) {
    this.#connection = connection;
    this.#maxBuffered = maxBuffered;
  }

  /** Bytes that can be fetched. */
  get length(): number {
    return this.#bytes.length;
  }

  receive(data: Buffer): void {
    try {
      this.#bytes.push(data, () => this.#connection.deliver(this.#bytes.length));
    } finally {
      this.#regulate();
    }
  }

  close(): void {
    this.#bytes.clear();
  }

  /** The next `length` bytes, which are taken unless `isPeek`; `undefined` where fewer have arrived. */
  part(length: number, isPeek: boolean): Buffer | undefined {
    if (this.#check(length) !== FetchResult.Ok) return undefined;
    const bytes = this.#bytes.peek(length);
    if (!isPeek) this.#drop(length);
    return bytes;
  }

  /** Fills `target` with the next bytes, which are taken unless `isPeek`. */
  fill(target: Uint8Array, isPeek: boolean): FetchResult {
    const result = this.#check(target.length);
    if (result !== FetchResult.Ok) return result;
    this.#bytes.copyTo(target);
    if (!isPeek) this.#drop(target.length);
    return FetchResult.Ok;
  }

  indexOf(bytes: Uint8Array, from: number): number {
    return this.#bytes.indexOf(bytes, from);
  }

  #check(length: number): FetchResult {
    const isCount = Number.isSafeInteger(length) && length > 0;
    if (isCount && length <= this.#bytes.length) return FetchResult.Ok;
    if (isCount && length > this.#wanted) {
      this.#wanted = length;
      this.#regulate();
    }
    return FetchResult.LengthTooLong;
  }

  #drop(length: number): void {
    this.#bytes.drop(length);
    this.#wanted = 0;
    this.#regulate();
  }

  /** Reads on while there is less than the limit, or than what was asked for. */
  #regulate(): void {
    const isFull = this.#bytes.length >= Math.max(this.#maxBuffered, this.#wanted);
    if (isFull === this.#isHeld) return;
    this.#isHeld = isFull;
    if (isFull) this.#connection.pauseReading();
    else this.#connection.resumeReading();
  }
}
