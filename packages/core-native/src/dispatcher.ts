// SPDX-License-Identifier: Apache-2.0
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { CommandKind, EventKind, SENDER_BYTES } from './boundary.js';
import { type AsyncContext, Connection, ConnectionState, DialledConnection } from './connection.js';
import { announceClose, announceOpen, isOpenAnnounced } from './diagnostics.js';
import type { Engine, EngineParts } from './engine.js';
import { HandleResult, SocketOperation } from './enums.js';
import { ErrorCode } from './errors.js';
import { isEndOfStream } from './late-events.js';
import type { Link } from './link.js';
import type { CallbackResult, EngineListener } from './listener.js';
import { openModel } from './model-connection.js';
import { partOf } from './part.js';
import type { ReceiveModel } from './receive-model.js';
import { reportLater } from './uncaught.js';

/** Turns the events of one engine into calls of its listener. The links call it for each record of a batch. */
export class Dispatcher {
  readonly #engine: Engine;
  readonly #listener: EngineListener;
  readonly #onReceive: EngineListener['onReceive'];
  readonly #onReceiveBorrowed: EngineListener['onReceiveBorrowed'];
  readonly #model: ReceiveModel<never> | undefined;
  readonly #filter: EngineParts['filter'];
  /** Each datagram is told with who sent it. */
  readonly #isCast: boolean;
  /** Nobody hears of a connection that is accepted, before something happens to it. */
  readonly #acceptsUnheard: boolean;

  constructor(engine: Engine, { listener, model, filter, settings }: EngineParts) {
    this.#engine = engine;
    this.#listener = listener;
    this.#onReceive = listener.onReceive;
    this.#onReceiveBorrowed = listener.onReceiveBorrowed;
    this.#model = model;
    this.#filter = filter;
    this.#isCast = settings.isCast;
    this.#acceptsUnheard =
      engine.opensByItself && model === undefined && filter === undefined && !settings.asyncContext;
  }

  /** A connection was accepted. */
  accepted(link: Link, slot: number, id: number): void {
    const engine = this.#engine;
    const isHeard = engine.watchers.size !== 0 || isOpenAnnounced() || engine.isStopping;
    if (this.#acceptsUnheard && !isHeard) {
      engine.connections.addUnmet(id, link, slot);
      return;
    }
    const connection = new Connection(id, slot, link, engine);
    engine.connections.add(connection);
    const { onAccept } = this.#listener;
    this.#established(connection, slot, onAccept && (() => onAccept(id, connection)));
  }

  /** A connect succeeded. */
  connected(slot: number, id: number): void {
    const connection = this.#engine.connections.get(id);
    if (connection === undefined) return;
    const { onConnect } = this.#listener;
    this.#established(connection, slot, onConnect && (() => onConnect(id)));
  }

  #established(connection: Connection, slot: number, tell: (() => CallbackResult) | undefined): void {
    const engine = this.#engine;
    connection.slot = slot;
    connection.link.attach(connection);
    if (connection.state === ConnectionState.Closing || engine.isStopping) {
      // Called off before it was told.
      connection.silent = connection.state !== ConnectionState.Closing;
      engine.close(connection, SocketOperation.Close, ErrorCode.Ok);
      return;
    }
    connection.state = ConnectionState.Open;
    engine.current = connection;
    engine.lastErrorCode = ErrorCode.Ok;
    let result: CallbackResult = HandleResult.Error;
    try {
      if (this.#model !== undefined) openModel(this.#model, connection, engine);
      announceOpen(engine, connection);
      result = this.#openContext(connection, tell ?? (() => HandleResult.Ok));
    } finally {
      const isRefused = result === HandleResult.Error;
      if (isRefused) {
        connection.silent = true;
        engine.close(connection, SocketOperation.Close, ErrorCode.Ok);
      } else if (!engine.opensByItself) {
        connection.link.commands.write(CommandKind.Open, connection);
      }
      if (isRefused) this.#settle(connection, engine.refusalCode());
      else if (connection.isReady) this.#settle(connection, ErrorCode.Ok);
      if (!isRefused && engine.startsPlain) this.#show(connection);
    }
  }

  #settle(connection: Connection, errorCode: ErrorCode): void {
    if (!(connection instanceof DialledConnection)) return;
    const { onSettled } = connection;
    connection.isSettled = true;
    connection.onSettled = undefined;
    onSettled?.(errorCode);
  }

  /** The stream filter lets bytes pass. */
  handshaken(connection: Connection): void {
    if (connection.state !== ConnectionState.Open) return;
    connection.isReady = this.#engine.finished?.has(connection) !== true;
    const { onHandshake } = this.#listener;
    if (onHandshake === undefined || this.#guard(connection, () => onHandshake(connection.id))) {
      this.#awaited(connection);
      this.#settle(connection, ErrorCode.Ok);
      if (!this.#engine.startsPlain) this.#show(connection);
    }
  }

  /** Whoever awaits the handshake takes the bytes once the batch is over, some of which may be in it. */
  #awaited(connection: Connection): void {
    const { late, startsPlain, watchers } = this.#engine;
    const isAwaited = connection instanceof DialledConnection && connection.onSettled !== undefined;
    if (!isAwaited && (startsPlain || watchers.size === 0)) return;
    late.hold(connection);
    setImmediate(() => {
      this.#tellLate(connection);
    });
  }

  /** Shows those who watch a connection that is usable. */
  #show(connection: Connection): void {
    for (const watcher of this.#engine.watchers) watcher(connection);
  }

  /** The stream filter told something. */
  filterTold(connection: Connection, code: number, data: Buffer): void {
    this.#filter?.onEvent?.(connection, code, data);
  }

  /** Bytes have arrived; borrowed ones are to be read now. */
  received(connection: Connection, block: number, offset: number, length: number, isBorrowed: boolean): void {
    const { blocks } = connection.link;
    const { late } = this.#engine;
    if (late.awaits(connection)) {
      const data = blocks.view(block, offset, length);
      late.keep(connection, isBorrowed ? Buffer.from(data) : data);
      return;
    }
    const { decoder } = connection;
    if (decoder !== undefined) {
      const data = blocks.view(block, offset, length);
      decoder.receive(isBorrowed && decoder.borrows !== true ? Buffer.from(data) : data);
      return;
    }
    if (this.lends) this.lend(connection, blocks.block(block), offset, length);
    else this.deliver(connection, blocks.view(block, offset, length));
  }

  /** A datagram has arrived, and behind it stands who sent it. */
  receivedFrom(connection: Connection, block: number, offset: number, length: number): void {
    const { blocks } = connection.link;
    const { late } = this.#engine;
    if (late.awaits(connection)) {
      // Borrowed memory is used again after the batch.
      late.keep(connection, Buffer.from(blocks.view(block, offset, length + SENDER_BYTES)));
      return;
    }
    this.#tellFrom(connection, blocks.block(block), offset, length);
  }

  #tellFrom(connection: Connection, memory: Buffer, offset: number, length: number): void {
    const { datagrams } = this.#engine;
    datagrams.inHand = { memory, senderAt: offset + length };
    try {
      if (this.lends) this.lend(connection, memory, offset, length);
      else this.deliver(connection, partOf(memory, offset, length));
    } finally {
      datagrams.inHand = undefined;
    }
  }

  /** The peer has finished sending, and may still be sent to. */
  ended(connection: Connection): void {
    if (connection.state !== ConnectionState.Open) return;
    const { late } = this.#engine;
    if (late.awaits(connection)) late.keep(connection, null);
    else this.#end(connection);
  }

  #end({ decoder }: Connection): void {
    if (decoder !== undefined && 'end' in decoder) decoder.end();
  }

  /** Reading goes on: first for what the decoder has kept, then for what was on its way. */
  resumed(connection: Connection): void {
    try {
      connection.decoder?.resume?.();
    } catch (error) {
      reportLater(error);
    }
    if (this.#engine.late.has(connection)) {
      queueMicrotask(() => {
        this.#tellLate(connection);
      });
    }
  }

  #tellLate(connection: Connection): void {
    const { late } = this.#engine;
    while (connection.state === ConnectionState.Open && !connection.isPaused) {
      const data = late.take(connection);
      if (data === undefined) {
        const end = late.endOf(connection);
        if (end === undefined) late.forget(connection);
        else this.closed(connection.id, end.operation, end.errorCode);
        return;
      }
      try {
        if (data === null) this.#end(connection);
        else if (this.#isCast) this.#tellFrom(connection, data, 0, data.length - SENDER_BYTES);
        else if (connection.decoder !== undefined) connection.decoder.receive(data);
        else if (this.lends) this.lend(connection, data, 0, data.length);
        else this.deliver(connection, data);
      } catch (error) {
        reportLater(error);
      }
    }
  }

  /** Calls the listener's `onReceive`; whether to go on with this connection. */
  deliver(connection: Connection, data: Buffer): boolean {
    const engine = this.#engine;
    engine.current = connection;
    engine.lastErrorCode = ErrorCode.Ok;
    const onReceive = this.#onReceive;
    if (onReceive === undefined) return true;
    let result: CallbackResult = HandleResult.Error;
    try {
      result =
        connection.context === undefined
          ? onReceive(connection.id, data)
          : this.#deliverWithin(connection.context, connection.id, data);
    } finally {
      if (result === HandleResult.Error) engine.fail(connection);
    }
    return connection.state === ConnectionState.Open && !connection.isPaused;
  }

  /** Whether `onReceive` borrows bytes. */
  get lends(): boolean {
    return this.#onReceiveBorrowed !== undefined;
  }

  /** As `deliver`, for a listener that borrows. */
  lend(connection: Connection, buffer: Buffer, offset: number, length: number): boolean {
    const engine = this.#engine;
    engine.current = connection;
    engine.lastErrorCode = ErrorCode.Ok;
    const onReceive = this.#onReceiveBorrowed;
    if (onReceive === undefined) return true;
    let result: CallbackResult = HandleResult.Error;
    try {
      result =
        connection.context === undefined
          ? onReceive(connection.id, buffer, offset, length)
          : this.#lendWithin(connection.context, connection.id, buffer, offset, length);
    } finally {
      if (result === HandleResult.Error) engine.fail(connection);
    }
    return connection.state === ConnectionState.Open && !connection.isPaused;
  }

  // Functions of their own: one that holds a closure keeps its arguments on the heap, whether it is made or not.

  #deliverWithin(context: AsyncContext, id: number, data: Buffer): CallbackResult {
    return context(() => this.#onReceive?.(id, data));
  }

  #lendWithin(
    context: AsyncContext,
    id: number,
    buffer: Buffer,
    offset: number,
    length: number,
  ): CallbackResult {
    return context(() => this.#onReceiveBorrowed?.(id, buffer, offset, length));
  }

  /** Calls back; whether the connection is still open then. */
  #guard(connection: Connection, callback: () => CallbackResult): boolean {
    const engine = this.#engine;
    engine.current = connection;
    engine.lastErrorCode = ErrorCode.Ok;
    let result: CallbackResult = HandleResult.Error;
    try {
      result = this.#run(connection, callback);
    } finally {
      if (result === HandleResult.Error) engine.fail(connection);
    }
    return connection.state === ConnectionState.Open;
  }

  /** Runs a connection's first callback in an async context of its own, and keeps what it sets there. */
  #openContext<T>(connection: Connection, callback: () => T): T {
    if (!this.#engine.settings.asyncContext) return callback();
    const within = connection.context ?? ((run) => new AsyncResource('HpSocket').runInAsyncScope(run));
    return within(() => {
      try {
        return callback();
      } finally {
        connection.context = AsyncLocalStorage.snapshot();
      }
    });
  }

  #run<T>(connection: Connection, callback: () => T): T {
    return connection.context === undefined ? callback() : connection.context(callback);
  }

  /** The system has taken bytes. */
  sent(connection: Connection, length: number): void {
    const { onSend } = this.#listener;
    if (connection.state !== ConnectionState.Open) return;
    this.#engine.current = connection;
    if (onSend !== undefined) this.#run(connection, () => onSend(connection.id, length));
  }

  /** The queue has come down to the low-water mark. */
  drained(connection: Connection): void {
    const { onDrain } = this.#listener;
    const { sending } = this.#engine;
    if (sending.isCongestedAgain(connection)) return;
    sending.release(connection);
    if (connection.state !== ConnectionState.Open) return;
    this.#engine.current = connection;
    if (onDrain !== undefined) this.#run(connection, () => onDrain(connection.id));
  }

  /** A connection is over. */
  closed(id: number, operation: SocketOperation, errorCode: ErrorCode): void {
    const engine = this.#engine;
    const connection = engine.connections.get(id);
    if (connection === undefined) return;
    if (connection.state === ConnectionState.Open && this.#endIsLate(connection, operation, errorCode))
      return;
    // A name that could not be resolved ends a connect from here, and is a loss too.
    const isLost = connection.state !== ConnectionState.Closing || operation === SocketOperation.Connect;
    connection.state = ConnectionState.Closed;
    engine.current = undefined;
    const { onClose } = this.#listener;
    try {
      announceClose(engine, connection, operation, errorCode);
      if (!connection.silent && onClose !== undefined) {
        this.#run(connection, () => onClose(id, operation, errorCode));
      }
    } catch (error) {
      reportLater(error);
    } finally {
      this.#settle(connection, errorCode === ErrorCode.Ok ? ErrorCode.Canceled : errorCode);
      engine.drop(connection);
      connection.decoder?.close?.(errorCode);
      if (connection instanceof DialledConnection) connection.onGone?.(isLost && !engine.isStopping);
      engine.finishStop();
    }
  }

  /** Keeps the end of a stream back while a pause holds; whether it did. */
  #endIsLate(connection: Connection, operation: SocketOperation, errorCode: ErrorCode): boolean {
    const engine = this.#engine;
    if (!engine.late.awaits(connection) || !isEndOfStream(operation, errorCode)) return false;
    if (engine.late.endOf(connection) !== undefined) return false;
    const now = performance.now();
    engine.late.keepEnd(connection, {
      operation,
      errorCode,
      remoteAddress: engine.remoteAddress(connection),
      openedAt: now - engine.connectPeriod(connection),
      lastReceiveAt: now - engine.silencePeriod(connection),
    });
    return true;
  }

  /** Something happened to the component rather than to a connection. */
  noticed(kind: number, errorCode: ErrorCode): void {
    switch (kind) {
      case EventKind.Reject:
        this.#listener.onReject?.();
        return;
      case EventKind.AcceptPause:
        this.#listener.onAcceptPause?.(errorCode);
        return;
      case EventKind.Stopped:
        this.#engine.linkStopped();
    }
  }
}
