// SPDX-License-Identifier: Apache-2.0
// The protocol of the PULL demos: every message is a header and a body.

/** A message and its number: 1 for the first of a connection in each direction, and one more for each after it. */
export interface Message {
  readonly sequence: number;
  readonly body: Buffer;
}

/** What goes before a body: two words of 32 bits, little-endian as those of HP-Socket's demos. */
export interface Header {
  readonly sequence: number;
  readonly bodyLength: number;
}

export const HEADER_BYTES = 8;

/** The longest body there may be; that is as much as the option `--size` takes. An empty one may not be, either. */
export const MAX_BODY_BYTES: number = 16 * 1024 * 1024;

/** The number of a message that is not counted: no echo, but sent by a server of its own accord. */
export const UNCOUNTED = 0;

const LAST_SEQUENCE = 0xffff_ffff;

/** The number after `sequence`. */
export function following(sequence: number): number {
  return sequence === LAST_SEQUENCE ? 1 : sequence + 1;
}

/** A message as the pieces that go out together. */
export function encodeMessage(sequence: number, body: Uint8Array): Uint8Array[] {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt32LE(sequence, 0);
  header.writeUInt32LE(body.length, 4);
  return [header, body];
}

/** The header in `HEADER_BYTES` bytes; nothing says yet that what it announces is allowed. */
export function decodeHeader(bytes: Buffer): Header {
  return { sequence: bytes.readUInt32LE(0), bodyLength: bytes.readUInt32LE(4) };
}
