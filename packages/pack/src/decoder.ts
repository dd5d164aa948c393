// SPDX-License-Identifier: Apache-2.0
import { ErrorCode, type ModelConnection, type ModelDecoder, Part } from '@hp/core-native';
import { flagOf, HEADER_BYTES, isAllowedLength, lengthOf } from './header.js';

/** Bodies from this length on come in several receives: they are put together out of lent memory. */
const LARGE_BYTES = 32 * 1024;
/** Buffers below this length share memory, as Node's own do. */
const POOLED_BYTES = 4096;
/** The least room that is made for a body that is still coming, and how many times what has arrived is the most. */
const LEAST_ROOM = 1024;
const GROWTH = 8;

const NOTHING: Buffer = Buffer.alloc(0);

/** Cuts the stream of one connection into packs. */
export class PackDecoder implements ModelDecoder {
  borrows: boolean;
  readonly #connection: ModelConnection<Buffer>;
  readonly #lends: boolean;
  readonly #maxPackSize: number;
  readonly #flag: number;
  /** The header that is still coming: what has arrived, and how much that is. */
  #header = 0;
  #headerBytes = 0;
  /** The body that is still coming, 0 bytes: none; what has arrived, and how much that is. */
  #length = 0;
  #body = NOTHING;
  #filled = 0;
  /** The length of the last body that was whole. */
  #lastLength = 0;
  /** What has to wait, for reading is paused. */
  #waiting = NOTHING;

  constructor(connection: ModelConnection<Buffer>, maxPackSize: number, flag: number) {
    this.#connection = connection;
    this.#lends = connection.lends;
    this.#maxPackSize = maxPackSize;
    this.#flag = flag;
    this.borrows = connection.lends;
  }

  receive(data: Buffer): void {
    const at = this.#read(data);
    if (at < data.length) this.#waiting = this.borrows ? Buffer.from(data.subarray(at)) : data.subarray(at);
    this.#chooseMemory();
  }

  resume(): void {
    const data = this.#waiting;
    if (data.length === 0) return;
    this.#waiting = NOTHING;
    const at = this.#read(data);
    if (at < data.length) this.#waiting = data.subarray(at);
  }

  close(): void {
    this.#body = this.#waiting = NOTHING;
  }

  /** Delivers what is whole, keeps the beginning of what is not, and returns how far it has come. */
  #read(data: Buffer): number {
    let at = 0;
    if (this.#headerBytes !== 0) {
      at = this.#readHeader(data, 0);
      if (this.#headerBytes !== 0) return at;
      if (!this.#accepts(this.#header)) return data.length;
      this.#length = lengthOf(this.#header);
    }
    if (this.#length !== 0) {
      at = this.#readBody(data, at);
      if (this.#filled !== this.#length || !this.#deliverBody()) return at;
    }
    return this.#readWhole(data, at);
  }

  #readWhole(data: Buffer, start: number): number {
    const end = data.length;
    const memory = data.buffer;
    const base = data.byteOffset;
    let at = start;
    while (end - at >= HEADER_BYTES) {
      const header = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24);
      if (!this.#accepts(header)) return end;
      const length = lengthOf(header);
      const body = at + HEADER_BYTES;
      if (end - body < length) {
        this.#length = length;
        return this.#readBody(data, body);
      }
      this.#lastLength = length;
      at = body + length;
      let goesOn: boolean;
      if (this.#lends) goesOn = this.#connection.lend(data, body, length);
      else {
        const part = new Part(memory, base + body, length);
        goesOn = this.#connection.deliver(this.borrows ? Buffer.from(part) : part);
      }
      if (!goesOn) return at;
    }
    return this.#readHeader(data, at);
  }

  /** Less than a header is left, or was there before. */
  #readHeader(data: Buffer, start: number): number {
    let at = start;
    if (this.#headerBytes === 0) this.#header = 0;
    for (; at < data.length && this.#headerBytes < HEADER_BYTES; at++) {
      this.#header |= data.readUInt8(at) << (8 * this.#headerBytes++);
    }
    this.#headerBytes %= HEADER_BYTES;
    return at;
  }

  #accepts(header: number): boolean {
    const isFlagWrong = this.#flag !== 0 && flagOf(header) !== this.#flag;
    if (!isFlagWrong && isAllowedLength(lengthOf(header), this.#maxPackSize)) return true;
    this.#connection.fail(isFlagWrong ? ErrorCode.BadMessage : ErrorCode.MessageSize);
    return false;
  }

  #readBody(data: Buffer, at: number): number {
    const end = Math.min(data.length, at + this.#length - this.#filled);
    this.#makeRoom(end - at);
    data.copy(this.#body, this.#filled, at, end);
    this.#filled += end - at;
    return end;
  }

  /** Never much more than has arrived: what is only announced costs nothing. */
  #makeRoom(bytes: number): void {
    const needed = this.#filled + bytes;
    if (needed <= this.#body.length) return;
    const room = Math.min(this.#length, Math.max(GROWTH * needed, LEAST_ROOM));
    const body = room < POOLED_BYTES ? Buffer.allocUnsafe(room) : Buffer.allocUnsafeSlow(room);
    this.#body.copy(body, 0, 0, this.#filled);
    this.#body = body;
  }

  #deliverBody(): boolean {
    const body = this.#body;
    this.#lastLength = this.#length;
    this.#body = NOTHING;
    this.#length = this.#filled = 0;
    return this.#lends ? this.#connection.lend(body, 0, body.length) : this.#connection.deliver(body);
  }

  #chooseMemory(): void {
    const borrows = this.#lends || Math.max(this.#length, this.#lastLength) >= LARGE_BYTES;
    if (borrows === this.borrows) return;
    this.borrows = borrows;
    this.#connection.borrow(borrows);
  }
}
