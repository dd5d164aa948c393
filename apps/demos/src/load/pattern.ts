// SPDX-License-Identifier: Apache-2.0
import { randomFillSync } from 'node:crypto';

/** A prime, so that messages of every length begin at ever new places. */
const PERIOD_BYTES = 1_048_573;
/** The longest piece that can be asked for at once. */
const MAX_PIECE_BYTES = 16 * 1024 * 1024;

/**
 * An endless stream of bytes that repeats only after a long while: a byte that is lost, doubled,
 * swapped or changed makes all that follows look wrong.
 */
export class Pattern {
  #bytes: Buffer = randomFillSync(Buffer.allocUnsafe(PERIOD_BYTES));

  /** The `length` bytes of the stream from `position` on; not to be written to. */
  piece(position: number, length: number): Buffer {
    const start = position % PERIOD_BYTES;
    while (this.#bytes.length < PERIOD_BYTES + Math.min(length, MAX_PIECE_BYTES)) {
      this.#bytes = Buffer.concat([this.#bytes, this.#bytes.subarray(0, PERIOD_BYTES)]);
    }
    return this.#bytes.subarray(start, start + length);
  }
}
