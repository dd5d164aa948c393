// SPDX-License-Identifier: Apache-2.0
// Connection ids are whole numbers up to 2^48. They cross the boundary in two halves.

const TWO_32 = 0x1_0000_0000;

/** The lower half of an id. */
export function idLow(id: number): number {
  return id >>> 0;
}

/** The upper half of an id. */
export function idHigh(id: number): number {
  return (id / TWO_32) | 0;
}

/** An id of its halves. */
export function idOf(low: number, high: number): number {
  return high * TWO_32 + low;
}
