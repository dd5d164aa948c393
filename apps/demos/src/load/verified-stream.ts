// SPDX-License-Identifier: Apache-2.0
import type { Pattern } from './pattern.js';
import type { Sending } from './run.js';
import type { Tally } from './tally.js';

/** The bytes of one connection: what is sent, and whether the echo is the same. */
export class VerifiedStream implements Sending {
  /** Bytes sent whose echo has not arrived. */
  outstanding = 0;
  readonly #pattern: Pattern;
  readonly #tally: Tally;
  /** Where this stream begins in the pattern, so that no two connections say the same. */
  readonly #origin: number;
  #received = 0;

  constructor(pattern: Pattern, tally: Tally, index: number) {
    this.#pattern = pattern;
    this.#tally = tally;
    this.#origin = 7919 * index;
  }

  /** Sends the next `size` bytes with `send`, and returns what that returns. */
  send(size: number, send: (bytes: Buffer) => boolean): boolean {
    const isSent = send(this.#pattern.piece(this.#origin + this.#received + this.outstanding, size));
    if (isSent) {
      this.outstanding += size;
      this.#tally.sentBytes += size;
      this.#tally.onTheWayBytes += size;
    } else {
      this.#tally.fail('a send was refused');
    }
    return isSent;
  }

  /** Takes a piece of the echo; whether it is right. */
  receive(piece: Buffer): boolean {
    const expected = this.#pattern.piece(this.#origin + this.#received, piece.length);
    const isRight = piece.length <= this.outstanding && piece.equals(expected);
    this.#received += piece.length;
    this.outstanding -= piece.length;
    this.#tally.receivedBytes += piece.length;
    this.#tally.onTheWayBytes -= piece.length;
    if (!isRight) this.#tally.fail('a wrong byte came back');
    return isRight;
  }
}
