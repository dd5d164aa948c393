// SPDX-License-Identifier: Apache-2.0

/** A pack as it goes over the wire. */
export function pack(flag: number, text: string, length: number = Buffer.byteLength(text)): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32LE(((flag << 22) | length) >>> 0);
  return Buffer.concat([header, Buffer.from(text)]);
}
