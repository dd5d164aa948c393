// SPDX-License-Identifier: Apache-2.0

/** The bytes before the body of a pack. */
export const HEADER_BYTES = 4;

/** The largest body a header can announce, and the most `maxPackSize` may be: 22 bits. */
export const MAX_PACK_SIZE = 0x3f_ffff;

/** The largest flag a header has room for: 10 bits. */
export const MAX_HEADER_FLAG = 0x3ff;

const LENGTH_BITS = 22;

/** Writes a header into `target`, from `at` on. */
export function writeHeader(target: Uint8Array, at: number, flag: number, length: number): void {
  const header = (flag << LENGTH_BITS) | length;
  target[at] = header;
  target[at + 1] = header >>> 8;
  target[at + 2] = header >>> 16;
  target[at + 3] = header >>> 24;
}

/** The flag in a header. */
export function flagOf(header: number): number {
  return header >>> LENGTH_BITS;
}

/** The length of the body in a header. */
export function lengthOf(header: number): number {
  return header & MAX_PACK_SIZE;
}

/** Whether a body may have this length. */
export function isAllowedLength(length: number, maxPackSize: number): boolean {
  return length > 0 && length <= maxPackSize;
}
