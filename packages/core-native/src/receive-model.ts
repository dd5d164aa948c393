// SPDX-License-Identifier: Apache-2.0
import type { ErrorCode } from './errors.js';

/** What a receive model may do with one connection. */
export interface ModelConnection<TData> {
  /** The connection's id. */
  readonly id: number;
  /**
   * Calls the listener's `onReceive`. Returns whether to go on: `false` once the connection is closed
   * or paused; the rest is kept, and the model's `resume` is called when reading goes on.
   */
  deliver(data: TData): boolean;
  /**
   * As `deliver`, for a component whose `receiveBuffer` is `'borrowed'`: `length` bytes from `offset`, which
   * the listener may read until the call returns.
   */
  lend(buffer: Buffer, offset: number, length: number): boolean;
  /** Whether the component's `receiveBuffer` is `'borrowed'`: deliver with `lend`. */
  readonly lends: boolean;
  /** From now on received bytes may be lent, or are the decoder's own; its `borrows` is to say the same. */
  borrow(borrows: boolean): void;
  /** Ends the connection with (Receive, `errorCode`). */
  fail(errorCode: ErrorCode): void;
  /** Stops reading while the application does not take what is kept; undone by `resumeReading`. */
  pauseReading(): void;
  /** Undoes `pauseReading`. */
  resumeReading(): void;
}

/** The receiving half of a model for one connection. */
export interface ModelDecoder {
  /**
   * Bytes may be lent: `receive` copies what it keeps. Received memory is then used again at once, which
   * for large payloads takes less time than fresh memory does. Absent or `false`: they are the decoder's own.
   * It is read before each receive; `ModelConnection.borrow` tells that it has changed.
   */
  readonly borrows?: boolean;
  /** Takes bytes off the stream, in order. */
  receive(data: Buffer): void;
  /** Reading goes on after a pause: hands over what is kept. */
  resume?(): void;
  /** The connection is over; `onClose` has returned. */
  close?(errorCode: ErrorCode): void;
}

/** An adapter in the place of a model. It decides when the connection ends, rather than the peer. */
export interface AdapterDecoder extends ModelDecoder {
  /** The peer has finished sending, and may still be sent to until the connection is ended from here too. */
  end(): void;
}

/**
 * How received bytes become what `onReceive` gets, and what is put around that which is sent. PUSH
 * is the absence of a model; `@hp/pull` and `@hp/pack` make the others.
 */
export interface ReceiveModel<TData> {
  /** A name for messages, such as `'pack'`. */
  readonly name: string;
  /** Whether it delivers with `lend` where the component's `receiveBuffer` is `'borrowed'`; else that is without effect. */
  readonly lends?: boolean;
  /** A decoder for a connection that is now usable. */
  open(connection: ModelConnection<TData>): ModelDecoder;
  /** What goes before each payload; absent: payloads are sent as they are. */
  readonly head?: PayloadHead;
}

/** What a model puts before a payload. A group of pieces and a small file are one payload. */
export interface PayloadHead {
  /**
   * How many bytes go before a payload of `length` bytes, which may be 0: at most 16,384. Or an ErrorCode,
   * negated, which refuses it: `send` then returns `false` and the connection is unharmed.
   */
  sizeFor(length: number): number;
  /** Writes so many bytes into `target`, from `at` on: all of them, and it does not throw. */
  write(length: number, target: Uint8Array, at: number): void;
}
