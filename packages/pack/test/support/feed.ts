// SPDX-License-Identifier: Apache-2.0
import { ErrorCode, type ModelConnection } from '@hp/core-native';
import type { ReceiveModel } from '@hp/tcp';

/** How a stream is fed to a decoder. */
export interface Feeding {
  /** The lengths of the pieces, over and over. */
  readonly cuts: readonly number[];
  /** Whether the listener borrows. */
  readonly lends?: boolean;
  /** Which deliveries are followed by a pause, over and over. */
  readonly pauses?: readonly boolean[];
}

/** What came of it. */
export interface Fed {
  readonly bodies: readonly Buffer[];
  readonly errorCode: ErrorCode | undefined;
}

/** A connection that takes everything and tells nothing. */
export const deafConnection: ModelConnection<Buffer> = {
  id: 1,
  lends: false,
  deliver: () => true,
  lend: () => true,
  borrow: () => {},
  fail: () => {},
  pauseReading: () => {},
  resumeReading: () => {},
};

const BLOCK_BYTES = 64 * 1024;

/** Feeds a stream to a decoder as the core does, in memory that is used again where it may be. */
export function feed(model: ReceiveModel<Buffer>, stream: Buffer, feeding: Feeding): Fed {
  const { cuts, lends = false, pauses = [false] } = feeding;
  const owned: Buffer[] = [];
  const copies: Buffer[] = [];
  const state: { errorCode: ErrorCode | undefined; isPaused: boolean } = {
    errorCode: undefined,
    isPaused: false,
  };
  const take = (copy: Buffer): boolean => {
    if (state.isPaused || state.errorCode !== undefined)
      throw new Error('delivered though it is paused or closed');
    copies.push(copy);
    state.isPaused = pauses[copies.length % pauses.length] ?? false;
    return !state.isPaused;
  };
  const connection: ModelConnection<Buffer> = {
    ...deafConnection,
    lends,
    deliver(data) {
      owned.push(data);
      return take(Buffer.from(data));
    },
    lend: (buffer, offset, length) => take(Buffer.from(buffer.subarray(offset, offset + length))),
    fail: (code) => (state.errorCode = code),
  };
  const decoder = model.open(connection);
  const block = Buffer.alloc(BLOCK_BYTES);
  for (let at = 0, count = 0; at < stream.length && state.errorCode === undefined; count++) {
    const cut = Math.min(cuts[count % cuts.length] ?? 1, BLOCK_BYTES, stream.length - at);
    const piece = stream.subarray(at, at + cut);
    if (decoder.borrows === true) {
      piece.copy(block);
      decoder.receive(block.subarray(0, cut));
      block.fill(0xee);
    } else {
      decoder.receive(Buffer.from(piece));
    }
    while (state.isPaused) {
      state.isPaused = false;
      decoder.resume?.();
    }
    at += cut;
  }
  decoder.close?.(ErrorCode.Ok);
  const spoilt = owned.findIndex((body, index) => !body.equals(copies[index] ?? body));
  if (spoilt >= 0) throw new Error(`body ${spoilt} has changed since it was delivered`);
  return { bodies: copies, errorCode: state.errorCode };
}
