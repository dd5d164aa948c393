// SPDX-License-Identifier: Apache-2.0
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import type { NativeComponent, NativeConnectRequest, NativeStreamFilter } from './binding.js';
import { CommandKind, EventKind } from './boundary.js';
import { Connection, ConnectionState, DialledConnection } from './connection.js';
import { announceClose, announceOpen } from './diagnostics.js';
import type { EngineSettings } from './engine-settings.js';
import { HandleResult, SocketOperation } from './enums.js';
import { ErrorCode } from './errors.js';
import { clockMs, idHigh, idLow, type Link } from './link.js';
import { acquireLinks, releaseLinks, type LinkChoice } from './link-pool.js';
import { isEndOfStream, LateEvents } from './late-events.js';
import type { CallbackResult, EngineListener } from './listener.js';
import { binding } from './load-binding.js';
import { openModel } from './model-connection.js';
import type { ReceiveModel } from './receive-model.js';
import { Sending } from './sending.js';
import { LiveSocket } from './socket-handle.js';
import { type ComponentStats, STAT_NAMES, toStats } from './stats.js';
import { reportLater } from './uncaught.js';

let nextIndex = 1;

/** A stream filter, and what becomes of what it tells. */
export interface StreamFilterParts {
  /** Made by the filter's own addon. */
  readonly native: NativeStreamFilter;
  /** The filter told something about a connection: `code` is its own, `data` valid for good. */
  onEvent?(connection: Connection, code: number, data: Buffer): void;
}

/** What a component gives its engine to run on. */
export interface EngineParts {
  /** The events; its functions are read once, here. */
  readonly listener: EngineListener;
  /** Complete and valid: they are not checked again. */
  readonly settings: EngineSettings;
  /** What turns bytes into what `onReceive` gets; absent: PUSH, as they come. */
  readonly model?: ReceiveModel<never> | undefined;
  /** The first connection id to give out, from 1; after a restart the former engine's `nextId`. */
  readonly firstId: number;
  /** What stands between each connection's socket and the application; see include/hp/stream_filter.h. */
  readonly filter?: StreamFilterParts | undefined;
}

/**
 * What every component runs on, from start to stop: its connections by id, the calls of its
 * listener, and the commands to the native core. The roles put their interfaces in front of it. An
 * engine serves one run: a component that is started again makes a new one.
 */
export class Engine {
  /** The number of the component within its thread; diagnostics carry it. */
  readonly index: number = nextIndex++;
  /** Live connections by id, those still connecting and those inside their `onClose` included. */
  readonly connections: Map<number, Connection> = new Map();
  /** The component of the native core, for calls of `binding`. */
  readonly native: NativeComponent;
  /** The bridges to its reactors: one inline, or one for each thread. */
  readonly links: readonly Link[];
  /** What it runs with. */
  readonly settings: EngineSettings;
  /** The way out: queues bytes, knows who is congested. */
  readonly sending: Sending;
  /** Called with each connection that becomes usable, once its listener has been. */
  readonly watchers: Set<(connection: Connection) => void> = new Set();
  /** Called when nothing runs any more, before the component hears of it. */
  readonly enders: Set<() => void> = new Set();
  /** Why connections were closed, where there is more to say than their error code does. */
  readonly closeReasons: Map<number, string> = new Map();
  /** Why the last call on the data path was refused. */
  lastErrorCode: ErrorCode = ErrorCode.Ok;

  readonly #filter: StreamFilterParts | undefined;
  readonly #choice: LinkChoice;
  readonly #listener: EngineListener;
  readonly #model: ReceiveModel<never> | undefined;
  readonly #onReceive: EngineListener['onReceive'];
  readonly #late: LateEvents = new LateEvents();
  /** The connection of the event in hand: most calls of a listener are about it. */
  #current: Connection | undefined;
  #keepsProcess = true;
  #stopsAwaited = 0;
  #onStopped: (() => void) | undefined;

  /**
   * Acquires the reactors; nothing is listened on or dialled yet.
   * @throws HpSocketError (`SE_CP_CREATE`) where no descriptors or threads are left; TypeError for a
   * stream filter of another version of the interface.
   */
  constructor({ listener, settings, model, firstId, filter }: EngineParts) {
    this.#filter = filter;
    this.#listener = listener;
    this.#onReceive = listener.onReceive;
    this.#model = model;
    this.settings = settings;
    this.sending = new Sending(settings, model);
    this.#choice = { threads: settings.workerThreadCount, isShared: settings.sharesThread };
    this.links = acquireLinks(this.#choice);
    this.native = binding.createComponent(
      this.index,
      {
        ...settings,
        opensByItself: listener.onAccept === undefined && listener.onConnect === undefined,
        tellsSends: listener.onSend !== undefined,
        tellsRejects: listener.onReject !== undefined,
      },
      this.links.length,
      firstId,
      filter?.native,
    );
    for (const link of this.links) {
      link.addEngine(this);
      link.ref();
    }
  }

  /** The id the next connection gets. */
  get nextId(): number {
    return binding.nextId(this.native);
  }

  /** Whether connections pass a stream filter. */
  get hasFilter(): boolean {
    return this.#filter !== undefined;
  }

  /** `stop` has been called. */
  get isStopping(): boolean {
    return this.#onStopped !== undefined;
  }

  // ---------------------------------------------------------------- lifecycle

  /** Serves a socket that listens: it belongs to the engine from now on, unless an error is returned. */
  accept(handle: number): ErrorCode {
    return binding.accept(
      this.native,
      handle,
      this.links.map((link) => link.native),
    );
  }

  /** Gives out an id for a connection that is about to be dialled. */
  reserve(host: string, port: number, extra: unknown): DialledConnection {
    const id = binding.takeId(this.native);
    const connection = new DialledConnection(id, -1, this.#leastLoaded(), this, clockMs());
    connection.extra = extra;
    if (this.settings.asyncContext) connection.context = AsyncLocalStorage.snapshot();
    connection.remoteHost = { host, port };
    this.connections.set(connection.id, connection);
    return connection;
  }

  /** Forgets a connection that was reserved and is not dialled after all. */
  forget(connection: Connection): void {
    this.connections.delete(connection.id);
  }

  /** Dials; the outcome arrives as an event. */
  connect(connection: DialledConnection, request: NativeConnectRequest): void {
    connection.isHandedOver = true;
    binding.connect(this.native, connection.link.native, connection.id, request);
  }

  /** Serves a socket that is connected already; tells `onConnect` before it returns. */
  adopt(connection: DialledConnection, handle: number): void {
    connection.isHandedOver = true;
    const hostName = connection.remoteHost.host;
    const slot = binding.adopt(this.native, connection.link.native, connection.id, handle, hostName);
    connection.link.now = clockMs();
    this.connected(connection.link, slot, connection.id);
  }

  /** A connection ends that the native core does not know, or no longer: told like any other end, later. */
  endUndialled(connection: Connection, operation: SocketOperation, errorCode: ErrorCode): void {
    connection.state = ConnectionState.Closing;
    setImmediate(() => {
      this.closed(connection.id, operation, errorCode);
    });
  }

  /**
   * Ends every connection and the listening, then calls `done`, once the last close has been told.
   * Queued bytes are dropped.
   */
  stop(done: () => void): void {
    this.#onStopped = done;
    this.#stopsAwaited = this.links.length;
    binding.stopAccepting(
      this.native,
      this.links.map((link) => link.native),
    );
    for (const connection of this.connections.values())
      this.close(connection, SocketOperation.Close, ErrorCode.Ok);
  }

  /** Keeps the process alive, as it does from the start. */
  ref(): void {
    if (this.#keepsProcess) return;
    this.#keepsProcess = true;
    for (const link of this.links) link.ref();
  }

  /** Lets the process end although the engine runs. */
  unref(): void {
    if (!this.#keepsProcess) return;
    this.#keepsProcess = false;
    for (const link of this.links) link.unref();
  }

  /** The counters since the engine was made. */
  stats(): ComponentStats {
    const values = new Float64Array(STAT_NAMES.length);
    binding.stats(
      this.native,
      this.links.map((link) => link.native),
      values,
    );
    return toStats(values);
  }

  #finishStop(): void {
    if (this.#onStopped === undefined || this.#stopsAwaited !== 0 || this.connections.size !== 0) return;
    const done = this.#onStopped;
    for (const ender of this.enders) ender();
    this.#onStopped = undefined;
    this.unref();
    for (const link of this.links) link.removeEngine(this);
    releaseLinks(this.links, this.#choice);
    done();
  }

  #leastLoaded(): Link {
    return this.links.reduce((best, link) => (link.connectionCount < best.connectionCount ? link : best));
  }

  // ------------------------------------------------------------------- events

  // Called by the link, for each record of a batch; a role calls none of these.

  /** A connection was accepted. */
  accepted(link: Link, slot: number, id: number): void {
    const connection = new Connection(id, slot, link, this, link.now);
    this.connections.set(id, connection);
    const { onAccept } = this.#listener;
    this.#established(
      connection,
      slot,
      onAccept && (() => onAccept(id, new LiveSocket(link.descriptor(connection)))),
    );
  }

  /** A connect succeeded. */
  connected(link: Link, slot: number, id: number): void {
    const connection = this.connections.get(id);
    if (connection === undefined) return;
    connection.openedAt = connection.lastReceiveAt = link.now;
    const { onConnect } = this.#listener;
    this.#established(connection, slot, onConnect && (() => onConnect(id)));
  }

  #established(connection: Connection, slot: number, tell: (() => CallbackResult) | undefined): void {
    connection.slot = slot;
    connection.link.addConnection(connection);
    if (connection.state === ConnectionState.Closing || this.isStopping) {
      // Called off before it was told.
      connection.silent = connection.state !== ConnectionState.Closing;
      this.close(connection, SocketOperation.Close, ErrorCode.Ok);
      return;
    }
    connection.state = ConnectionState.Open;
    this.#current = connection;
    this.lastErrorCode = ErrorCode.Ok;
    let result: CallbackResult = HandleResult.Error;
    try {
      if (this.#model !== undefined) connection.decoder = openModel(this.#model, connection, this);
      announceOpen(this, connection);
      result = this.#openContext(connection, tell ?? (() => HandleResult.Ok));
    } finally {
      const isRefused = result === HandleResult.Error;
      if (isRefused) {
        connection.silent = true;
        this.close(connection, SocketOperation.Close, ErrorCode.Ok);
      } else if (tell !== undefined) {
        connection.link.command(CommandKind.Open, connection);
      }
      if (isRefused) this.#settle(connection, this.refusalCode());
      else if (connection.isReady) this.#settle(connection, ErrorCode.Ok);
      if (!isRefused) for (const watcher of this.watchers) watcher(connection);
    }
  }

  #settle(connection: Connection, errorCode: ErrorCode): void {
    if (!(connection instanceof DialledConnection)) return;
    const { onSettled } = connection;
    connection.onSettled = undefined;
    onSettled?.(errorCode);
  }

  /** The stream filter lets bytes pass. */
  handshaken(connection: Connection): void {
    if (connection.state !== ConnectionState.Open) return;
    connection.isReady = true;
    const { onHandshake } = this.#listener;
    if (onHandshake === undefined || this.#guard(connection, () => onHandshake(connection.id))) {
      this.#settle(connection, ErrorCode.Ok);
    }
  }

  /** The stream filter told something. */
  filterTold(connection: Connection, code: number, data: Buffer): void {
    this.#filter?.onEvent?.(connection, code, data);
  }

  /** Bytes have arrived. */
  received(connection: Connection, block: number, offset: number, length: number): void {
    const { blocks } = connection.link;
    if (this.#late.awaits(connection)) {
      this.#late.keep(connection, this.#owned(blocks.view(block, offset, length)));
      return;
    }
    if (connection.decoder !== undefined) {
      connection.decoder.receive(this.#owned(blocks.view(block, offset, length)));
      return;
    }
    const { onReceiveBorrowed } = this.#listener;
    if (onReceiveBorrowed === undefined) {
      this.deliver(connection, blocks.view(block, offset, length));
    } else {
      this.#guard(connection, () => onReceiveBorrowed(connection.id, blocks.block(block), offset, length));
    }
  }

  /** Bytes that stay as they are after the batch. */
  #owned(data: Buffer): Buffer {
    return this.settings.borrowedReceive ? Buffer.from(data) : data;
  }

  /** Reading goes on: tells what had to wait for that. */
  #tellLate(connection: Connection): void {
    const { onReceiveBorrowed } = this.#listener;
    while (connection.state === ConnectionState.Open && !connection.isPaused) {
      const data = this.#late.take(connection);
      if (data === undefined) {
        const end = this.#late.endOf(connection);
        if (end === undefined) this.#late.forget(connection);
        else this.closed(connection.id, end.operation, end.errorCode);
        return;
      }
      try {
        if (connection.decoder !== undefined) connection.decoder.receive(data);
        else if (onReceiveBorrowed === undefined) this.deliver(connection, data);
        else this.#guard(connection, () => onReceiveBorrowed(connection.id, data, 0, data.length));
      } catch (error) {
        reportLater(error);
      }
    }
  }

  /** Calls the listener's `onReceive`; whether to go on with this connection. */
  deliver(connection: Connection, data: Buffer): boolean {
    this.#current = connection;
    this.lastErrorCode = ErrorCode.Ok;
    const onReceive = this.#onReceive;
    if (onReceive === undefined) return true;
    let result: CallbackResult = HandleResult.Error;
    try {
      result =
        connection.context === undefined
          ? onReceive(connection.id, data)
          : connection.context(() => onReceive(connection.id, data));
    } finally {
      if (result === HandleResult.Error) this.fail(connection);
    }
    return connection.state === ConnectionState.Open && !connection.isPaused;
  }

  /** Calls back; whether the connection is still open then. */
  #guard(connection: Connection, callback: () => CallbackResult): boolean {
    this.#current = connection;
    this.lastErrorCode = ErrorCode.Ok;
    let result: CallbackResult = HandleResult.Error;
    try {
      result = this.#run(connection, callback);
    } finally {
      if (result === HandleResult.Error) this.fail(connection);
    }
    return connection.state === ConnectionState.Open;
  }

  /** Runs a connection's first callback in an async context of its own, and keeps what it sets there. */
  #openContext<T>(connection: Connection, callback: () => T): T {
    if (!this.settings.asyncContext) return callback();
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
    this.#current = connection;
    if (onSend !== undefined) this.#run(connection, () => onSend(connection.id, length));
  }

  /** The queue has come down to the low-water mark. */
  drained(connection: Connection): void {
    const { onDrain } = this.#listener;
    if (this.sending.isCongestedAgain(connection)) return;
    this.sending.release(connection);
    if (connection.state !== ConnectionState.Open) return;
    this.#current = connection;
    if (onDrain !== undefined) this.#run(connection, () => onDrain(connection.id));
  }

  /** A connection is over. */
  closed(id: number, operation: SocketOperation, errorCode: ErrorCode): void {
    const connection = this.connections.get(id);
    if (connection === undefined) return;
    if (connection.state === ConnectionState.Open && this.#endIsLate(connection, operation, errorCode))
      return;
    // A name that could not be resolved ends a connect from here, and is a loss too.
    const isLost = connection.state !== ConnectionState.Closing || operation === SocketOperation.Connect;
    connection.state = ConnectionState.Closed;
    this.#current = undefined;
    const { onClose } = this.#listener;
    try {
      announceClose(this, connection, operation, errorCode);
      if (!connection.silent && onClose !== undefined) {
        this.#run(connection, () => onClose(id, operation, errorCode));
      }
    } catch (error) {
      reportLater(error);
    } finally {
      this.#settle(connection, errorCode === ErrorCode.Ok ? ErrorCode.Canceled : errorCode);
      this.connections.delete(id);
      this.closeReasons.delete(id);
      this.#late.forget(connection);
      this.sending.release(connection);
      connection.decoder?.close?.(errorCode);
      if (connection instanceof DialledConnection) connection.onGone?.(isLost && !this.isStopping);
      this.#finishStop();
    }
  }

  /** Keeps the end of a stream back while a pause holds; whether it did. */
  #endIsLate(connection: Connection, operation: SocketOperation, errorCode: ErrorCode): boolean {
    if (!this.#late.awaits(connection) || !isEndOfStream(operation, errorCode)) return false;
    if (this.#late.endOf(connection) !== undefined) return false;
    const remoteAddress = this.remoteAddress(connection);
    this.#late.keepEnd(connection, { operation, errorCode, remoteAddress });
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
        this.#stopsAwaited--;
        this.#finishStop();
    }
  }

  /** What a callback that returned `Error` stands for: the code it has set, or `Canceled`. */
  refusalCode(): ErrorCode {
    return this.lastErrorCode === ErrorCode.Ok ? ErrorCode.Canceled : this.lastErrorCode;
  }

  // ----------------------------------------------------------------- commands

  /** The connection as long as it is in the table; quick for that of the event in hand. */
  find(id: number): Connection | undefined {
    return this.#current?.id === id ? this.#current : this.connections.get(id);
  }

  /** The connection if it is usable; else the reason is in `lastErrorCode`. */
  usable(id: number): Connection | undefined {
    const connection = this.find(id);
    if (connection?.state === ConnectionState.Open) return connection;
    this.lastErrorCode =
      connection?.state === ConnectionState.Connecting ? ErrorCode.InvalidState : ErrorCode.ObjectNotFound;
    return undefined;
  }

  /** The connection if bytes may be sent on it; else the reason is in `lastErrorCode`. */
  #sendable(id: number): Connection | undefined {
    const connection = this.usable(id);
    if (connection?.isReady !== false) return connection;
    this.lastErrorCode = ErrorCode.InvalidState;
    return undefined;
  }

  /**
   * Sends bytes after everything sent before; they are copied, or with the system, when it returns.
   * @returns whether they were taken, all of them; else the reason is in `lastErrorCode`.
   */
  send(id: number, data: Uint8Array, offset: number, length: number): boolean {
    const connection = this.#sendable(id);
    if (connection === undefined) return false;
    const code = this.sending.send(connection, data, offset, length);
    if (code === ErrorCode.Ok) return true;
    this.lastErrorCode = code;
    return false;
  }

  /** Sends several pieces as one; returns as `send`. */
  sendGroup(id: number, pieces: readonly Uint8Array[]): boolean {
    const connection = this.#sendable(id);
    if (connection === undefined) return false;
    const code = this.sending.sendGroup(connection, pieces);
    if (code === ErrorCode.Ok) return true;
    this.lastErrorCode = code;
    return false;
  }

  /**
   * Ends a connection. Nothing but its close is told from now on.
   * @param how - flags of `CommandKind.Disconnect`.
   */
  close(connection: Connection, operation: SocketOperation, errorCode: ErrorCode, how = 0): void {
    if (connection instanceof DialledConnection && !connection.isHandedOver) {
      this.endUndialled(connection, operation, errorCode);
      return;
    }
    if (this.#late.endOf(connection) !== undefined) {
      // The native core is done with it already.
      this.endUndialled(connection, operation, errorCode);
      return;
    }
    connection.state = ConnectionState.Closing;
    if (connection.slot < 0) {
      binding.cancel(this.native, connection.link.native, connection.id);
      return;
    }
    connection.link.command(CommandKind.Disconnect, connection, operation | how, errorCode);
  }

  /** The listener or the model gave a connection up while receiving. */
  fail(connection: Connection, errorCode: ErrorCode = this.refusalCode()): void {
    if (connection.state !== ConnectionState.Open) return;
    this.close(connection, SocketOperation.Receive, errorCode);
  }

  /** Sends what is queued, then tells the peer that no more follows. */
  end(connection: Connection): void {
    connection.isReady = false;
    connection.link.command(CommandKind.End, connection);
  }

  /** Stops or resumes the reading of a connection. */
  pauseReceive(connection: Connection, pause: boolean): void {
    if (connection.isPaused === pause) return;
    connection.isPaused = pause;
    connection.link.command(pause ? CommandKind.Pause : CommandKind.Resume, connection);
    if (pause) return;
    connection.decoder?.resume?.();
    if (this.#late.has(connection)) {
      queueMicrotask(() => {
        this.#tellLate(connection);
      });
    }
  }

  /** The own address; `undefined` while there is no socket. */
  localAddress(connection: Connection): { address: string; port: number } | undefined {
    return binding.localAddress(connection.link.descriptor(connection));
  }

  /** The peer's address, inside its close too; `undefined` while it is not connected. */
  remoteAddress(connection: Connection): { address: string; port: number } | undefined {
    const { id, slot, link } = connection;
    if (slot < 0) return undefined;
    return (
      this.#late.endOf(connection)?.remoteAddress ?? link.native.remoteAddress(slot, idLow(id), idHigh(id))
    );
  }
}
