// SPDX-License-Identifier: Apache-2.0
import type { Connection } from './connection.js';
import type { HandleResult } from './enums.js';
import type { SocketOperation } from './enums.js';
import type { ErrorCode } from './errors.js';
import type { SocketHandle } from './socket-handle.js';

/**
 * What a callback may return: nothing and a promise count as `Ok`. A callback that throws counts as
 * `Error`, and the exception surfaces as an uncaught exception after the batch.
 */
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- callbacks without a return statement are the ordinary case
export type CallbackResult = HandleResult | Promise<unknown> | void;

/**
 * The events of a component, in one shape for all roles: the roles turn their own listeners into
 * this. Functions are read once, when the engine is made; those that are absent cost nothing. They
 * run on the thread that made the engine, one at a time, in order for each connection.
 */
export interface EngineListener {
  /** The listening socket is made and not yet bound. The role calls it. */
  readonly onPrepareListen?: ((socket: SocketHandle) => CallbackResult) | undefined;
  /** A connect begins. The role calls it. */
  readonly onPrepareConnect?: ((id: number, socket: SocketHandle) => CallbackResult) | undefined;
  /** A connection is accepted; reading starts after it. `Error` ends it, and no `onClose` follows. */
  readonly onAccept?: ((id: number, connection: Connection) => CallbackResult) | undefined;
  /** A connection is made; reading starts after it. `Error` ends it, and no `onClose` follows. */
  readonly onConnect?: ((id: number) => CallbackResult) | undefined;
  /** The stream filter lets bytes pass. `Error` closes with (Receive, `lastErrorCode` or `Canceled`). */
  readonly onHandshake?: ((id: number) => CallbackResult) | undefined;
  /** Bytes, or what the receive model delivers. `Error` closes with (Receive, `lastErrorCode` or `Canceled`). */
  readonly onReceive?: ((id: number, data: Buffer) => CallbackResult) | undefined;
  /** Instead of `onReceive`: `length` bytes from `offset`, valid during the call. With a model, one that `lends`. */
  readonly onReceiveBorrowed?:
    ((id: number, buffer: Buffer, offset: number, length: number) => CallbackResult) | undefined;
  /** The system has taken `length` bytes, as they go over the wire. */
  readonly onSend?: ((id: number, length: number) => unknown) | undefined;
  /** A connection that was congested has come down to its low-water mark. */
  readonly onDrain?: ((id: number) => unknown) | undefined;
  /** The connection is over, or could not be made; once, and last for its id. */
  readonly onClose?: ((id: number, operation: SocketOperation, errorCode: ErrorCode) => unknown) | undefined;
  /** The component has stopped. The role calls it. */
  readonly onShutdown?: (() => unknown) | undefined;
  /** A peer was sent away because `maxConnections` is reached. */
  readonly onReject?: (() => unknown) | undefined;
  /** Accepting rests for a moment because descriptors ran out. */
  readonly onAcceptPause?: ((errorCode: ErrorCode) => unknown) | undefined;
}
