// SPDX-License-Identifier: Apache-2.0
import { Blocks, Control } from './boundary.js';
import type { NativeLink } from './binding.js';
import { Part } from './part.js';

const LARGES_FROM = Blocks.Slabs;
const STAGINGS_FROM = Blocks.Slabs + Blocks.Larges;
const COUNT = STAGINGS_FROM + Blocks.Stagings;

/** The memory of all staging blocks: bytes that are lent for the length of a batch. */
export const STAGING_BYTES: number = Blocks.Stagings * Blocks.LargeBytes;

/**
 * The receive memory of one link. Native code fills the blocks; those it has
 * given away for good (small payloads packed in slabs, big ones in large blocks)
 * are replaced here after each batch.
 */
export class ReceiveBlocks {
  readonly #blocks: Buffer[] = [];
  /** The memory of each block, and where in it the block begins. */
  readonly #memory: ArrayBufferLike[] = [];
  readonly #offsets: number[] = [];
  readonly #native: NativeLink;
  readonly #control: Uint32Array;
  #slabsSeen = 0;
  #largesSeen = 0;

  /** @param stagings - `STAGING_BYTES` of memory */
  constructor(native: NativeLink, control: Uint32Array, stagings: Buffer) {
    this.#native = native;
    this.#control = control;
    for (let index = 0; index < STAGINGS_FROM; index++) this.#supply(index);
    for (let index = STAGINGS_FROM; index < COUNT; index++) {
      const start = (index - STAGINGS_FROM) * Blocks.LargeBytes;
      this.#set(index, stagings.subarray(start, start + Blocks.LargeBytes));
    }
  }

  /** A view of received bytes. */
  view(block: number, offset: number, length: number): Buffer {
    return new Part(this.#memory[block]!, this.#offsets[block]! + offset, length);
  }

  /** A whole block, for listeners that borrow. */
  block(block: number): Buffer {
    return this.#blocks[block]!;
  }

  /** Replaces what the last batch gave away. */
  restock(): void {
    const slabs = this.#control[Control.SlabsGiven]!;
    for (; this.#slabsSeen !== slabs; this.#slabsSeen = (this.#slabsSeen + 1) >>> 0) {
      this.#supply(this.#slabsSeen % Blocks.Slabs);
    }
    const larges = this.#control[Control.LargesGiven]!;
    for (; this.#largesSeen !== larges; this.#largesSeen = (this.#largesSeen + 1) >>> 0) {
      this.#supply(LARGES_FROM + (this.#largesSeen % Blocks.Larges));
    }
  }

  #supply(index: number): void {
    const bytes = index < LARGES_FROM ? Blocks.SlabBytes : Blocks.LargeBytes;
    this.#set(index, Buffer.allocUnsafeSlow(bytes));
  }

  #set(index: number, block: Buffer): void {
    this.#blocks[index] = block;
    this.#memory[index] = block.buffer;
    this.#offsets[index] = block.byteOffset;
    this.#native.setBlock(index, block);
  }
}
