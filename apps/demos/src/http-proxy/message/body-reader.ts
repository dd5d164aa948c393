// SPDX-License-Identifier: Apache-2.0
import type { Framing } from './framing.js';
import { MalformedMessage, parseField } from './head.js';

/** Finds the content of a body, and its end, in what comes. */
export interface BodyReader {
  readonly isComplete: boolean;
  /** Takes what belongs to the body off the beginning of `data`; returns how many bytes that was. */
  read(data: Buffer, onContent: (piece: Buffer) => void): number;
}

/** A reader for a body that is framed so. */
export function readerFor(framing: Framing): BodyReader {
  switch (framing.kind) {
    case 'none':
      return new LengthReader(0);
    case 'length':
      return new LengthReader(framing.length);
    case 'chunked':
      return new ChunkedReader();
    case 'close':
      return new LengthReader(Number.POSITIVE_INFINITY);
  }
}

class LengthReader implements BodyReader {
  #left: number;

  constructor(length: number) {
    this.#left = length;
  }

  get isComplete(): boolean {
    return this.#left === 0;
  }

  read(data: Buffer, onContent: (piece: Buffer) => void): number {
    const taken = Math.min(data.length, this.#left);
    if (taken > 0) onContent(data.subarray(0, taken));
    this.#left -= taken;
    return taken;
  }
}

/** The size of a chunk; what an extension of it says is of no interest (RFC 9112, 7.1). */
const CHUNK_LINE = /^([0-9A-Fa-f]{1,12})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?$/;
const LONGEST_LINE_BYTES = 4096;
const LONGEST_TRAILER_BYTES = 32 * 1024;

/** What comes next. */
type ChunkPart = 'size' | 'content' | 'content end' | 'trailer' | 'nothing';

/** Takes the frames of chunks away. Trailers are checked and dropped. */
class ChunkedReader implements BodyReader {
  #next: ChunkPart = 'size';
  #line = '';
  #left = 0;
  #trailerBytes = 0;

  get isComplete(): boolean {
    return this.#next === 'nothing';
  }

  read(data: Buffer, onContent: (piece: Buffer) => void): number {
    let at = 0;
    while (at < data.length && !this.isComplete) {
      at += this.#next === 'content' ? this.#takeContent(data, at, onContent) : this.#takeLine(data, at);
    }
    return at;
  }

  #takeContent(data: Buffer, at: number, onContent: (piece: Buffer) => void): number {
    const taken = Math.min(data.length - at, this.#left);
    onContent(data.subarray(at, at + taken));
    this.#left -= taken;
    if (this.#left === 0) this.#next = 'content end';
    return taken;
  }

  #takeLine(data: Buffer, at: number): number {
    const end = data.indexOf(0x0a, at);
    const next = end < 0 ? data.length : end + 1;
    if (this.#line.length + next - at > LONGEST_LINE_BYTES)
      throw new MalformedMessage('a chunk has too long a line');
    this.#line += data.toString('latin1', at, next);
    if (end >= 0) {
      if (!this.#line.endsWith('\r\n'))
        throw new MalformedMessage('a line of a chunk does not end with CR LF');
      const line = this.#line.slice(0, -2);
      this.#line = '';
      this.#endLine(line);
    }
    return next - at;
  }

  #endLine(line: string): void {
    if (this.#next === 'size') this.#begin(line);
    else if (this.#next === 'content end') {
      if (line !== '') throw new MalformedMessage('a chunk is longer than its size');
      this.#next = 'size';
    } else if (line === '') this.#next = 'nothing';
    else {
      this.#trailerBytes += line.length;
      if (this.#trailerBytes > LONGEST_TRAILER_BYTES) throw new MalformedMessage('the trailer is too long');
      parseField(line);
    }
  }

  #begin(line: string): void {
    const [, size] = CHUNK_LINE.exec(line) ?? [];
    if (size === undefined) throw new MalformedMessage('the size of a chunk is none');
    this.#left = Number.parseInt(size, 16);
    this.#next = this.#left === 0 ? 'trailer' : 'content';
  }
}
