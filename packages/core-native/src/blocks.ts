// SPDX-License-Identifier: Apache-2.0
import { Blocks, Control } from './boundary.js';
import type { NativeLink } from './binding.js';

const LARGES_FROM = Blocks.Slabs;
const STAGINGS_FROM = Blocks.Slabs + Blocks.Larges;
const COUNT = STAGINGS_FROM + Blocks.Stagings;

/** What a Buffer makes parts of itself with. Used directly, it spares a look-up of the memory behind. */
const Part = (
  Buffer as unknown as Record<symbol, new (memory: ArrayBufferLike, offset: number, length: number) => Buffer>
)[Symbol.species]!;

/**
 * The receive memory of one link. Native code fills the blocks; those it has
 * given away for good (small payloads packed in slabs, big ones in large blocks)
 * are replaced here after each batch.
 */
export class ReceiveBlocks {
  readonly #blocks: Buffer[] = [];
  /** The memory of each block. */
  readonly #memory: ArrayBufferLike[] = [];
  readonly #native: NativeLink;
  readonly #control: Uint32Array;
  #slabsSeen = 0;
  #largesSeen = 0;

  constructor(native: NativeLink, control: Uint32Array) {
    this.#native = native;
    this.#control = control;
    for (let index = 0; index < COUNT; index++) this.#supply(index);
  }

  /** A view of received bytes. */
  view(block: number, offset: number, length: number): Buffer {
    return new Part(this.#memory[block]!, offset, length);
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
    const block = Buffer.allocUnsafeSlow(bytes);
    this.#blocks[index] = block;
    this.#memory[index] = block.buffer;
    this.#native.setBlock(index, block);
  }
}
