// SPDX-License-Identifier: Apache-2.0
import { equal } from 'node:assert/strict';
import { FetchResult } from '@hp/pull';
import { PullDecoder } from '../../src/decoder.js';
import { Connection } from './connection.js';

export const MAX_BUFFERED = 3000;
export const SLAB_BYTES = 8192;

/** What is done with the bytes that are there. */
export type Step =
  | { readonly do: 'fetch' | 'peek'; readonly length: number; readonly into: boolean }
  | { readonly do: 'find'; readonly start: number; readonly length: number; readonly from: number };

/** Bytes that come, and what is done then. */
export interface Arrival {
  readonly data: Uint8Array;
  /** Whether it has memory of its own, rather than a part of what many share. */
  readonly isAlone: boolean;
  /** Inside of onReceive. */
  readonly within: readonly Step[];
  readonly after: readonly Step[];
}

/** The decoder and the plain array of bytes, side by side. */
export class Pair {
  readonly connection: Connection = new Connection();
  readonly #decoder = new PullDecoder(this.connection, MAX_BUFFERED);
  #plain: Buffer = Buffer.alloc(0);
  /** What was handed out, and what it was then. */
  readonly #kept: [Buffer, Buffer][] = [];

  receive({ data, isAlone, within, after }: Arrival): void {
    const slab = Buffer.alloc(isAlone ? data.length : SLAB_BYTES);
    slab.set(data);
    this.#plain = Buffer.concat([this.#plain, data]);
    const total = this.#plain.length;
    this.connection.inReceive = () => {
      within.forEach((step) => this.#take(step));
    };
    this.#decoder.receive(slab.subarray(0, data.length));
    equal(this.connection.totals.at(-1), total);
    after.forEach((step) => this.#take(step));
    this.#check();
  }

  end(): void {
    for (const [given, copy] of this.#kept) equal(given.equals(copy), true);
    this.#decoder.close();
    equal(this.#decoder.length, 0);
  }

  #take(step: Step): void {
    if (step.do === 'find') {
      const wanted = this.#plain.subarray(step.start % (this.#plain.length + 1)).subarray(0, step.length);
      if (wanted.length === 0) return;
      equal(this.#decoder.indexOf(wanted, step.from), this.#plain.indexOf(wanted, step.from));
      return;
    }
    const isPeek = step.do === 'peek';
    const isThere = step.length > 0 && step.length <= this.#plain.length;
    const right = this.#plain.subarray(0, Math.max(0, step.length));
    if (step.into) {
      const target = Buffer.alloc(Math.max(0, step.length), 0xee);
      const result = this.#decoder.fill(target, isPeek);
      equal(result, isThere ? FetchResult.Ok : FetchResult.LengthTooLong);
      equal(target.equals(isThere ? right : Buffer.alloc(target.length, 0xee)), true);
    } else {
      const part = this.#decoder.part(step.length, isPeek);
      equal(part?.equals(right), isThere ? true : undefined);
      if (part !== undefined) this.#kept.push([part, Buffer.from(part)]);
    }
    if (isThere && !isPeek) this.#plain = this.#plain.subarray(step.length);
    this.#check();
  }

  #check(): void {
    equal(this.#decoder.length, this.#plain.length);
  }
}
