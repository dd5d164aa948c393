// SPDX-License-Identifier: Apache-2.0

type PartConstructor = new (memory: ArrayBufferLike, offset: number, length: number) => Buffer;

/** What a Buffer makes parts of itself with. Used directly, it spares a look-up of the memory behind. */
// eslint-disable-next-line @typescript-eslint/no-non-null-assertion -- every Buffer has one
export const Part: PartConstructor = (Buffer as unknown as Record<symbol, PartConstructor>)[Symbol.species]!;

/** `length` bytes of `buffer` from `offset`, sharing its memory: as `subarray`, in a third of the time, and unchecked. */
export function partOf(buffer: Buffer, offset: number, length: number): Buffer {
  return new Part(buffer.buffer, buffer.byteOffset + offset, length);
}
