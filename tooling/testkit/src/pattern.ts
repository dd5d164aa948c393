// SPDX-License-Identifier: Apache-2.0

// A prime, so that no buffer size in use divides it: a lost or doubled buffer shows.
const PERIOD = 65_521;
/** The longest piece that can be taken or checked at once. */
const LONGEST = 4 * 1024 * 1024;

const bytes = makeBytes();

function makeBytes(): Buffer {
  const made = Buffer.alloc(PERIOD + LONGEST);
  let state = 0x2545_f491;
  for (let at = 0; at < PERIOD; at++) {
    state = Math.imul(state, 0x0019_660d) + 0x3c6e_f35f;
    made[at] = state >>> 24;
  }
  for (let at = PERIOD; at < made.length; at += PERIOD) made.copy(made, at, 0, PERIOD);
  return made;
}

/** A stream of bytes that both ends of a connection know: one takes it, the other checks it. */
export class Pattern {
  /** Bytes taken or checked so far. */
  position = 0;

  /** The next bytes of the stream, at most 4 MiB. Not to be written to. */
  take(length: number): Buffer {
    if (length > LONGEST) throw new RangeError(`take at most ${LONGEST} bytes at once`);
    const start = this.position % PERIOD;
    this.position += length;
    return bytes.subarray(start, start + length);
  }

  /** Throws unless `data` is what comes next, in memory that is not the pattern's own. */
  check(data: Uint8Array): void {
    for (let at = 0; at < data.length; at += LONGEST) {
      const part = data.subarray(at, at + LONGEST);
      const start = this.position % PERIOD;
      if (bytes.compare(part, 0, part.length, start, start + part.length) !== 0) {
        throw new Error(`bytes differ in the ${part.length} bytes from ${this.position} on`);
      }
      this.position += part.length;
    }
  }
}
