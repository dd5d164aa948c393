// SPDX-License-Identifier: Apache-2.0
import type { Pattern } from '../load/pattern.js';
import type { Sending } from '../load/run.js';
import type { Tally } from '../load/tally.js';

/** The number of the client and that of the datagram, in 32 bits each. */
const HEADER_BYTES = 8;

/** The shortest datagram that says what it is. */
export const MIN_DATAGRAM_BYTES: number = HEADER_BYTES;

/**
 * The datagrams of one client, and what has become of each: they may be lost or overtake each other,
 * but none may come back changed, or twice.
 */
export class DatagramStream implements Sending {
  readonly #pattern: Pattern;
  readonly #tally: Tally;
  readonly #index: number;
  /** The numbers of those that have not come back. */
  readonly #missing: Set<number> = new Set();
  #sent = 0;
  /** Below this number none is waited for any more: a later one has come back, or nothing has for long. */
  #settled = 0;

  constructor(pattern: Pattern, tally: Tally, index: number) {
    this.#pattern = pattern;
    this.#tally = tally;
    this.#index = index;
  }

  send(size: number, send: (bytes: Buffer) => boolean): boolean {
    const isSent = send(this.#encode(this.#sent, size));
    if (isSent) {
      this.#missing.add(this.#sent++);
      this.#tally.sentBytes += size;
      this.#tally.onTheWayBytes += size;
    } else {
      this.#tally.fail('a send was refused');
    }
    return isSent;
  }

  /** Takes an echo; whether it is right. */
  receive(datagram: Buffer): boolean {
    const { length } = datagram;
    this.#tally.receivedBytes += length;
    const number = datagram.readUInt32LE(4);
    if (number >= this.#sent || !datagram.equals(this.#encode(number, length))) {
      this.#tally.fail('a datagram has come back changed');
      return false;
    }
    if (!this.#missing.delete(number)) {
      this.#tally.fail('a datagram has come back twice');
      return false;
    }
    this.#settle(number + 1, length);
    return true;
  }

  /** Waits for nothing that was sent up to now; what comes nevertheless still counts. */
  giveUp(size: number): void {
    this.#settle(this.#sent, size);
  }

  #settle(end: number, size: number): void {
    if (end <= this.#settled) return;
    this.#tally.onTheWayBytes -= (end - this.#settled) * size;
    this.#settled = end;
  }

  #encode(number: number, size: number): Buffer {
    const datagram = Buffer.allocUnsafe(size);
    datagram.writeUInt32LE(this.#index, 0);
    datagram.writeUInt32LE(number, 4);
    const position = size * (this.#index + number);
    this.#pattern.piece(position, size - HEADER_BYTES).copy(datagram, HEADER_BYTES);
    return datagram;
  }
}
