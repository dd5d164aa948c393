// SPDX-License-Identifier: Apache-2.0
import type { NativeLink } from './binding.js';
import { STAGING_BYTES } from './blocks.js';
import { COMMAND_BUFFER_BYTES, COMMAND_HEADER_BYTES, CommandKind, Control } from './boundary.js';
import type { Connection } from './connection.js';
import { SocketError } from './enums.js';
import { HpSocketError } from './errors.js';
import { idHigh, idLow } from './id.js';
import { Part } from './part.js';
import type { PayloadHead } from './receive-model.js';

// To find a method of typed arrays takes as long as it then takes to copy a few bytes.
// eslint-disable-next-line @typescript-eslint/unbound-method -- they are called on arrays
const { copyWithin, set } = Uint8Array.prototype;

const NOTHING: Uint8Array = new Uint8Array(0);
const NO_MEMORY: ArrayBufferLike = NOTHING.buffer;

/** Sends of at least this many bytes go to native code at once instead of through the buffer. */
const DIRECT_SEND_BYTES = 16 * 1024;
/** What a command for a stream filter may carry. */
const MAX_FILTER_CODE = 255;
const MAX_FILTER_BYTES = 32 * 1024;
/** Commands to send in the buffer before it is flushed within a batch. */
const SENDS_PER_FLUSH = 64;
/** What a head may have: it fits into the buffer with any payload that goes there. */
const MAX_HEAD_BYTES = 16 * 1024;
/** How many sends one command stands for at most: they are counted in a byte. */
const MAX_SENDS_PER_COMMAND = 255;

/**
 * The way down to a reactor: a buffer of commands that native code carries out at the end of a batch, or in a
 * microtask outside of one.
 *
 * Hot path: the typed arrays are indexed within the bounds that native code and this class agree on, hence the
 * assertions on their elements. Each access to one takes about a nanosecond, which counts here.
 */
export class Commands {
  readonly #native: NativeLink;
  readonly #control: Uint32Array;
  /** What is lent to listeners, and behind it the commands: copying within one memory takes less time. */
  readonly #memory: Buffer;
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  /** The commands to send since the last flush. */
  #sends = 0;
  /** Inside a batch, which is carried out after it, the last command to send is written when it is complete. */
  #isInBatch = false;
  /** The connection that the last command sends on; where that command begins and ends, and how many sends it is. */
  #sending: Connection | undefined;
  #sendingAt = 0;
  #sendingEnd = 0;
  #sendingCount = 0;
  /** Whose parts were sent last in this batch: looking up the memory behind takes longer than copying a part. */
  #source: Uint8Array = NOTHING;
  #sourceMemory = NO_MEMORY;
  #sourceOffset = 0;
  #isSourceLent = false;
  #isFlushScheduled = false;

  /** @param memory - `STAGING_BYTES` of blocks that are lent, then `COMMAND_BUFFER_BYTES` */
  constructor(native: NativeLink, control: Uint32Array, memory: Buffer) {
    this.#native = native;
    this.#control = control;
    this.#memory = memory;
    this.#bytes = memory.subarray(STAGING_BYTES);
    this.#words = new Uint32Array(memory.buffer, STAGING_BYTES, COMMAND_BUFFER_BYTES / 4);
  }

  /** Carries out the commands that have been written. */
  flush(): void {
    this.complete();
    this.#sends = 0;
    if (this.#control[Control.CommandBytes] !== 0) this.#native.flush();
  }

  /** Native code carries out what is written until the end of the batch, and in microtasks after it, by itself. */
  beginBatch(): void {
    this.#sending = undefined;
    this.#isInBatch = true;
  }

  endBatch(): void {
    this.complete();
    this.#isInBatch = false;
    this.#sends = 0;
    this.#forgetSource();
  }

  /** Sends `length` bytes from `offset`, and the `headBytes` bytes of a head before them. */
  send(
    connection: Connection,
    bytes: Uint8Array,
    offset: number,
    length: number,
    headBytes: number,
    head: PayloadHead | undefined,
  ): void {
    if (length >= DIRECT_SEND_BYTES || headBytes > MAX_HEAD_BYTES) {
      if (head !== undefined) this.sendHead(connection, length, headBytes, head);
      this.#sendNow(connection, bytes, offset, length);
      return;
    }
    const total = headBytes + length;
    connection.sentBytes = (connection.sentBytes + total) | 0;
    let at = this.#roomToSend(connection, total, 1);
    if (head !== undefined) {
      head.write(length, this.#bytes, at);
      at += headBytes;
    }
    if (length === bytes.length) set.call(this.#bytes, bytes, at);
    else this.#copyPart(bytes, offset, length, at);
  }

  /**
   * Sends the head of a payload of `length` bytes that follows in pieces, or is nothing.
   * @throws RangeError for a head of more than 16 KiB.
   */
  sendHead(connection: Connection, length: number, headBytes: number, head: PayloadHead): void {
    if (headBytes > MAX_HEAD_BYTES) {
      throw new RangeError(
        `A head has at most ${String(MAX_HEAD_BYTES)} bytes; this one has ${String(headBytes)}.`,
      );
    }
    connection.sentBytes = (connection.sentBytes + headBytes) | 0;
    head.write(length, this.#bytes, this.#roomToSend(connection, headBytes, length === 0 ? 1 : 0));
  }

  #sendNow(connection: Connection, bytes: Uint8Array, offset: number, length: number): void {
    connection.sentBytes = (connection.sentBytes + length) | 0;
    this.complete();
    const { id } = connection;
    this.#native.sendNow(connection.slot, idLow(id), idHigh(id), bytes, offset, length);
  }

  #copyPart(bytes: Uint8Array, offset: number, length: number, at: number): void {
    if (bytes !== this.#source) {
      this.#source = bytes;
      this.#sourceMemory = bytes.buffer;
      this.#sourceOffset = bytes.byteOffset;
      this.#isSourceLent = bytes.buffer === this.#memory.buffer;
    }
    const start = this.#sourceOffset + offset;
    if (this.#isSourceLent) {
      copyWithin.call(this.#memory, STAGING_BYTES + at, start, start + length);
    } else {
      set.call(this.#bytes, new Part(this.#sourceMemory, start, length), at);
    }
    if (!this.#isInBatch) this.#forgetSource();
  }

  #forgetSource(): void {
    this.#source = NOTHING;
    this.#sourceMemory = NO_MEMORY;
  }

  /** Where bytes to send go; what is sent on one connection without a break is one command. */
  #roomToSend(connection: Connection, length: number, count: number): number {
    const at = this.#sendingEnd;
    const end = at + length;
    if (
      this.#sending === connection &&
      end <= COMMAND_BUFFER_BYTES &&
      this.#sendingCount < MAX_SENDS_PER_COMMAND &&
      // Outside of a batch native code may have carried it out.
      (this.#isInBatch || this.#control[Control.CommandBytes] !== 0)
    ) {
      this.#sendingEnd = end;
      this.#sendingCount += count;
      if (!this.#isInBatch) this.#writeSending(connection);
      return at;
    }
    if (++this.#sends > SENDS_PER_FLUSH) this.flush();
    this.#sendingAt = this.#begin(CommandKind.Send, count, connection, length, length);
    this.#sending = connection;
    this.#sendingCount = count;
    this.#sendingEnd = this.#sendingAt + COMMAND_HEADER_BYTES + length;
    return this.#sendingAt + COMMAND_HEADER_BYTES;
  }

  /** Nothing more is added to the last command to send: what follows is another datagram. */
  complete(): void {
    if (this.#isInBatch && this.#sending !== undefined) this.#writeSending(this.#sending);
    this.#sending = undefined;
  }

  #writeSending(connection: Connection): void {
    const word = this.#sendingAt >>> 2;
    this.#words[word] = firstWord(CommandKind.Send, this.#sendingCount, connection);
    this.#words[word + 3] = this.#sendingEnd - this.#sendingAt - COMMAND_HEADER_BYTES;
    this.#control[Control.CommandBytes] = (this.#sendingEnd + 7) & ~7;
  }

  /** Orders something from a connection's stream filter. */
  filter(connection: Connection, code: number, data: Uint8Array): void {
    if (code > MAX_FILTER_CODE || data.byteLength > MAX_FILTER_BYTES) {
      throw new HpSocketError(
        SocketError.InvalidParam,
        `A filter command has a code up to ${String(MAX_FILTER_CODE)} and up to ${String(MAX_FILTER_BYTES)} bytes.`,
      );
    }
    const at = this.#begin(CommandKind.Filter, code, connection, data.byteLength, data.byteLength);
    this.#bytes.set(data, at + COMMAND_HEADER_BYTES);
  }

  /** Writes a command without a payload. */
  write(kind: number, connection: Connection, flags = 0, argument = 0): void {
    this.#begin(kind, flags, connection, argument, 0);
  }

  #begin(
    kind: number,
    flags: number,
    connection: Connection,
    argument: number,
    payloadBytes: number,
  ): number {
    this.complete();
    const size = (COMMAND_HEADER_BYTES + payloadBytes + 7) & ~7;
    let at = this.#control[Control.CommandBytes]!;
    if (at + size > COMMAND_BUFFER_BYTES) {
      this.flush();
      at = 0;
    }
    const word = at >>> 2;
    this.#words[word] = firstWord(kind, flags, connection);
    this.#words[word + 1] = connection.slot;
    this.#words[word + 2] = idLow(connection.id);
    this.#words[word + 3] = argument;
    this.#control[Control.CommandBytes] = at + size;
    if (this.#control[Control.InTurn] === 0 && !this.#isFlushScheduled) this.#scheduleFlush();
    return at;
  }

  #scheduleFlush(): void {
    this.#isFlushScheduled = true;
    queueMicrotask(() => {
      this.#isFlushScheduled = false;
      this.flush();
    });
  }
}

function firstWord(kind: number, flags: number, { id }: Connection): number {
  return kind | (flags << 8) | (idHigh(id) << 16);
}
