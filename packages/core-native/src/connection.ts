// SPDX-License-Identifier: Apache-2.0
import type { Engine } from './engine.js';
import type { ErrorCode } from './errors.js';
import type { Link } from './link.js';
import type { AdapterDecoder, ModelDecoder } from './receive-model.js';

/** Life of a connection as JavaScript sees it. */
export enum ConnectionState {
  /** The connect is under way. */
  Connecting = 0,
  /** Usable. */
  Open = 1,
  /** Disconnected from here, or refused: only the close is still told. */
  Closing = 2,
  /** The close has been told. */
  Closed = 3,
}

/** Runs a callback in the async context of a connection. */
export type AsyncContext = <T>(callback: () => T) => T;

/**
 * One connection: what the engine keeps beside the native core. Roles and filters read it; of its
 * fields they set only `extra`, and `isReady` of one that starts plain. Servers have many of them, so that every field counts.
 */
export class Connection {
  /** Bytes pending when the native core was last asked, and those sent since. */
  unconfirmedBytes = 0;
  /** All bytes ever sent, modulo 2^32; a signed number, which V8 keeps as a small integer. */
  sentBytes = 0;
  /** Where in its life it is. */
  state: ConnectionState = ConnectionState.Connecting;
  /** The application has not been told of it, or refused it: neither is its close told. */
  silent = false;
  /** `pauseReceive` holds. */
  isPaused = false;
  /** Bytes may be sent: a stream filter lets them pass, and `end` has not been called. */
  isReady: boolean;
  /** A drain event has been asked for. */
  awaitsDrain = false;
  /** The application's value. */
  extra: unknown = undefined;
  /** What gets its bytes instead of `onReceive`: a receive model's half, or an adapter. */
  decoder: ModelDecoder | AdapterDecoder | undefined = undefined;
  /** What its callbacks run in, with `asyncContext`. */
  context: AsyncContext | undefined = undefined;

  constructor(
    /** Its id: from 1, never used again by its component. */
    readonly id: number,
    /** Its place in the link's tables; -1 until it is connected. */
    public slot: number,
    /** The bridge to the reactor that serves it. */
    readonly link: Link,
    /** The engine it belongs to. */
    readonly engine: Engine,
  ) {
    this.isReady = engine.startsPlain;
  }
}

/** A connection that was dialled from here: what agents and clients need besides. */
export class DialledConnection extends Connection {
  /** When it was reserved, on the clock of `performance.now()`. */
  readonly reservedAt: number = performance.now();
  /** The native core knows of it. */
  isHandedOver = false;
  /** The connect has ended: it is usable, or has failed. */
  isSettled = false;
  /** Called once, when the connect has ended: with `Ok` or why it failed. */
  onSettled: ((errorCode: ErrorCode) => void) | undefined = undefined;
  /** Called after the close; `isLost` unless it was asked for from here. */
  onGone: ((isLost: boolean) => void) | undefined = undefined;
  /** What was given to `connect`. */
  remoteHost: { readonly host: string; readonly port: number } = { host: '', port: 0 };
}
