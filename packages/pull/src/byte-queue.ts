// SPDX-License-Identifier: Apache-2.0
import { Part, partOf } from '@hp/core-native';

/** Blocks for small arrivals are at least and at most this large. */
const LEAST_BLOCK = 256;
const MOST_BLOCK = 64 * 1024;
/** Memory is kept as it arrived where at least one part in this many of it is of use. */
const WORTH = 4;

/** Up to this many bytes are copied one by one, in less time than the call of a function that copies takes. */
const FEW = 16;

const NOTHING: Buffer = Buffer.alloc(0);
const NO_MEMORY: ArrayBufferLike = NOTHING.buffer;

/**
 * Received bytes in order. Large arrivals are kept as they are; the rest of small ones is moved together, so
 * that the memory held is in proportion to the bytes.
 *
 * Hot path: chunks are indexed below their number, hence the assertions.
 */
export class ByteQueue {
  #length = 0;
  readonly #chunks: Buffer[] = [];
  /** How much of the first chunk is gone. */
  #start = 0;
  /** A chunk and where its memory is: to look that up takes longer than to make a part of it. */
  #known = NOTHING;
  #memory = NO_MEMORY;
  #offset = 0;
  /** What is free of the last block of the queue's own, and how large that block is. */
  #room = NOTHING;
  #blockBytes = 0;
  /** Whether that follows the last chunk. */
  #isRoomNext = false;

  /** How many bytes there are. */
  get length(): number {
    return this.#length;
  }

  /**
   * Adds bytes that are the queue's own from now on, and lets `use` take of them; what is left then is kept.
   */
  push(data: Buffer, use: () => void): void {
    const wasRoomNext = this.#isRoomNext;
    this.#isRoomNext = false;
    this.#chunks.push(data);
    this.#length += data.length;
    try {
      use();
    } finally {
      this.#settle(data, wasRoomNext);
    }
  }

  /** Moves what is left of the last chunk, where that is too little for the memory it is in. */
  #settle(data: Buffer, wasRoomNext: boolean): void {
    const kept = Math.min(this.#length, data.length);
    if (kept * WORTH >= data.buffer.byteLength) return;
    if (kept !== 0) {
      this.#chunks.pop();
      if (this.#chunks.length === 0) this.#start = 0;
    }
    this.#isRoomNext = wasRoomNext && this.#chunks.length !== 0;
    if (kept !== 0) this.#append(data.subarray(data.length - kept));
  }

  #append(data: Buffer): void {
    const { length } = data;
    if (this.#room.length < length) {
      const bytes = Math.min(MOST_BLOCK, Math.max(LEAST_BLOCK, 2 * this.#length));
      this.#blockBytes = Math.max(bytes, length);
      this.#room = Buffer.allocUnsafeSlow(this.#blockBytes);
      this.#isRoomNext = false;
    }
    data.copy(this.#room);
    const last = this.#chunks.length - 1;
    if (this.#isRoomNext)
      this.#chunks[last] = partOf(this.#chunks[last]!, 0, this.#chunks[last]!.length + length);
    else this.#chunks.push(partOf(this.#room, 0, length));
    this.#room = partOf(this.#room, length, this.#room.length - length);
    this.#isRoomNext = true;
  }

  /** The first bytes, in memory of the queue where they lie together. There must be as many. */
  peek(length: number): Buffer {
    const first = this.#chunks[0]!;
    if (first.length - this.#start >= length) {
      if (first !== this.#known) this.#know(first);
      return new Part(this.#memory, this.#offset + this.#start, length);
    }
    const bytes = Buffer.allocUnsafe(length);
    this.copyTo(bytes);
    return bytes;
  }

  #know(chunk: Buffer): void {
    this.#known = chunk;
    this.#memory = chunk.buffer;
    this.#offset = chunk.byteOffset;
  }

  /** Fills `target` with the first bytes. There must be as many. */
  copyTo(target: Uint8Array): void {
    const first = this.#chunks[0]!;
    if (target.length <= FEW && first.length - this.#start >= target.length) {
      for (let index = 0; index < target.length; index++) target[index] = first[this.#start + index]!;
      return;
    }
    let filled = 0;
    let start = this.#start;
    for (let index = 0; filled < target.length; index++) {
      filled += this.#chunks[index]!.copy(target, filled, start);
      start = 0;
    }
  }

  /** Drops the first bytes. There must be as many. */
  drop(length: number): void {
    this.#length -= length;
    this.#start += length;
    while (this.#chunks.length !== 0 && this.#start >= this.#chunks[0]!.length) {
      this.#start -= this.#chunks[0]!.length;
      this.#chunks.shift();
    }
    if (this.#chunks.length !== 0) return;
    this.#isRoomNext = false;
    this.#forget();
    // One who is idle keeps little.
    if (this.#blockBytes > LEAST_BLOCK) this.#room = NOTHING;
  }

  /** Where `bytes`, at least one, first occur from `from` on; -1: nowhere. */
  indexOf(bytes: Uint8Array, from: number): number {
    let offset = -this.#start;
    for (let index = 0; index < this.#chunks.length; index++) {
      const chunk = this.#chunks[index]!;
      for (let at = Math.max(0, from - offset, index === 0 ? this.#start : 0); at < chunk.length; at++) {
        at = chunk.indexOf(bytes[0]!, at);
        if (at < 0) break;
        if (this.#matches(bytes, index, at)) return offset + at;
      }
      offset += chunk.length;
    }
    return -1;
  }

  /** Whether `bytes` are at this place, and in the chunks that follow. */
  #matches(bytes: Uint8Array, first: number, start: number): boolean {
    let at = start;
    for (let index = first, matched = 0; index < this.#chunks.length; index++, at = 0) {
      const chunk = this.#chunks[index]!;
      const end = Math.min(bytes.length, matched + chunk.length - at);
      if (chunk.compare(bytes, matched, end, at, at + end - matched) !== 0) return false;
      if (end === bytes.length) return true;
      matched = end;
    }
    return false;
  }

  #forget(): void {
    this.#known = NOTHING;
    this.#memory = NO_MEMORY;
  }

  /** Forgets everything. */
  clear(): void {
    this.#forget();
    this.#chunks.length = 0;
    this.#length = this.#start = 0;
    this.#room = NOTHING;
    this.#isRoomNext = false;
  }
}
