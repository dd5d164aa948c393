// SPDX-License-Identifier: Apache-2.0
// The wire format written by hand, as a program without @hp/pack would.

const LENGTH_MASK = 0x3f_ffff;
const FLAG_FACTOR = 0x40_0000;

/** The header of a pack. */
export function headerOf(length: number, flag = 0): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32LE(flag * FLAG_FACTOR + length);
  return header;
}

/** A pack on the wire. */
export function packOf(body: Uint8Array | string, flag = 0): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([headerOf(bytes.length, flag), bytes]);
}

/** A pack as it was found on the wire. */
export interface Found {
  readonly flag: number;
  readonly body: Buffer;
}

/** The packs of a stream, up to one that is not whole. */
export function packsIn(stream: Buffer): Found[] {
  const found: Found[] = [];
  for (let at = 0; stream.length - at >= 4;) {
    const header = stream.readUInt32LE(at);
    const end = at + 4 + (header & LENGTH_MASK);
    if (end > stream.length) break;
    found.push({ flag: Math.floor(header / FLAG_FACTOR), body: stream.subarray(at + 4, end) });
    at = end;
  }
  return found;
}
