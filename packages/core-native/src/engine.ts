// SPDX-License-Identifier: Apache-2.0
import { AsyncLocalStorage } from 'node:async_hooks';
import type { NativeComponent, NativeConnectRequest } from './binding.js';
import { CommandKind } from './boundary.js';
import { type Connection, ConnectionState, DialledConnection } from './connection.js';
import { ConnectionTable } from './connection-table.js';
import { DatagramSockets } from './datagram-sockets.js';
import { Dispatcher } from './dispatcher.js';
import type { EngineSettings } from './engine-settings.js';
import { SocketOperation } from './enums.js';
import { ErrorCode } from './errors.js';
import { LateEvents } from './late-events.js';
import type { Link } from './link.js';
import { acquireLinks, releaseLinks, type LinkChoice } from './link-pool.js';
import type { EngineListener } from './listener.js';
import { binding } from './load-binding.js';
import type { ReceiveModel } from './receive-model.js';
import { Sending } from './sending.js';
import { type ComponentStats, STAT_NAMES, toStats } from './stats.js';
import type { StreamFilterParts } from './stream-filter.js';

let nextIndex = 1;

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
  readonly connections: ConnectionTable = new ConnectionTable(this);
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
  /** What waits for reading to go on. */
  readonly late: LateEvents = new LateEvents();
  /** Calls the listener; the links tell it what happens. */
  readonly dispatcher: Dispatcher;
  /** The connection of the event in hand: most calls of a listener are about it. */
  current: Connection | undefined;
  /** Its sockets, where its connections are those of datagrams. */
  readonly datagrams: DatagramSockets = new DatagramSockets(this);
  /** Why the last call on the data path was refused. */
  lastErrorCode: ErrorCode = ErrorCode.Ok;

  /** Whether connections may be sent on from the start: there is no stream filter, or one that allows it. */
  readonly startsPlain: boolean;
  /** Whether reading starts at once: nobody is asked first, and somebody takes the bytes. */
  readonly opensByItself: boolean;
  /** With a stream filter, those that have finished sending: a handshake changes nothing about that. */
  readonly finished: WeakSet<Connection> | undefined;
  readonly #choice: LinkChoice;
  #dialled = 0;
  #keepsProcess = true;
  #stopsAwaited = 0;
  #onStopped: (() => void) | undefined;
  #isOver = false;

  /**
   * Acquires the reactors; nothing is listened on or dialled yet.
   * @throws HpSocketError (`SE_CP_CREATE`) where no descriptors or threads are left; TypeError for a
   * stream filter of another version of the interface.
   */
  constructor(parts: EngineParts) {
    const { listener, settings, model, firstId, filter } = parts;
    this.startsPlain = filter === undefined || filter.startsPlain === true;
    this.finished = filter && new WeakSet();
    const isTold = listener.onAccept !== undefined || listener.onConnect !== undefined;
    const takesBytes = (listener.onReceive ?? listener.onReceiveBorrowed ?? model) !== undefined;
    this.opensByItself = takesBytes && !isTold;
    this.settings = settings;
    this.dispatcher = new Dispatcher(this, parts);
    this.sending = new Sending(settings, model);
    this.#choice = { threads: settings.workerThreadCount, isShared: settings.sharesThread };
    this.links = acquireLinks(this.#choice);
    try {
      this.native = binding.createComponent(
        this.index,
        {
          ...settings,
          opensByItself: this.opensByItself,
          borrowedReceive: this.dispatcher.lends,
          tellsSends: listener.onSend !== undefined,
          tellsRejects: listener.onReject !== undefined,
        },
        this.links.length,
        firstId,
        filter?.native,
      );
    } catch (error) {
      releaseLinks(this.links, this.#choice);
      throw error;
    }
    for (const link of this.links) {
      link.addEngine(this);
      link.ref();
    }
  }

  /** The id the next connection gets. */
  get nextId(): number {
    return binding.nextId(this.native);
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
    const connection = new DialledConnection(id, -1, this.#nextLink(), this);
    connection.extra = extra;
    if (this.settings.asyncContext) connection.context = AsyncLocalStorage.snapshot();
    connection.remoteHost = { host, port };
    this.connections.add(connection);
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

  /**
   * Serves a socket that is connected already; tells `onConnect` before it returns.
   * @param hostName - what a stream filter is told of the host.
   */
  adopt(connection: DialledConnection, handle: number, hostName: string): void {
    connection.isHandedOver = true;
    const slot = binding.adopt(this.native, connection.link.native, connection.id, handle, hostName);
    this.dispatcher.connected(slot, connection.id);
  }

  /** A connection ends that the native core does not know, or no longer: told like any other end, later. */
  endUndialled(connection: Connection, operation: SocketOperation, errorCode: ErrorCode): void {
    connection.state = ConnectionState.Closing;
    setImmediate(() => {
      this.dispatcher.closed(connection.id, operation, errorCode);
    });
  }

  /**
   * Ends every connection and the listening, then calls `done`, once the last close has been told: now
   * where that is so already. Queued bytes are dropped. Of several calls the last one counts.
   */
  stop(done: () => void): void {
    if (this.#isOver) {
      done();
      return;
    }
    const { isStopping } = this;
    this.#onStopped = done;
    if (isStopping) return;
    this.#stopsAwaited = this.links.length;
    for (const connection of this.connections) this.close(connection, SocketOperation.Close, ErrorCode.Ok);
    // Before datagram sockets are closed: a peer may be told of its end.
    for (const link of this.links) link.commands.flush();
    this.datagrams.forget();
    binding.stopAccepting(
      this.native,
      this.links.map((link) => link.native),
    );
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
    return toStats(values, this.datagrams.lost);
  }

  /** One of the reactors accepts nothing more. */
  linkStopped(): void {
    this.#stopsAwaited--;
    this.finishStop();
  }

  /** Ends the engine once `stop` has been called and nothing runs any more. */
  finishStop(): void {
    if (this.#onStopped === undefined || this.#stopsAwaited !== 0 || this.connections.size !== 0) return;
    const done = this.#onStopped;
    for (const ender of this.enders) ender();
    this.#onStopped = undefined;
    this.#isOver = true;
    this.unref();
    for (const link of this.links) link.removeEngine(this);
    releaseLinks(this.links, this.#choice);
    done();
  }

  // ----------------------------------------------------------------- the table

  /** Takes a connection that is over out of the table. */
  drop(connection: Connection): void {
    this.connections.delete(connection.id);
    if (this.closeReasons.size !== 0) this.closeReasons.delete(connection.id);
    this.late.forget(connection);
    this.sending.release(connection);
  }

  #nextLink(): Link {
    // eslint-disable-next-line @typescript-eslint/no-non-null-assertion -- the remainder is one of its indexes
    return this.links[this.#dialled++ % this.links.length]!;
  }

  // ----------------------------------------------------------------- commands

  /** What a callback that returned `Error` stands for: the code it has set, or `Canceled`. */
  refusalCode(): ErrorCode {
    return this.lastErrorCode === ErrorCode.Ok ? ErrorCode.Canceled : this.lastErrorCode;
  }

  /** The connection as long as it is in the table; quick for that of the event in hand. */
  find(id: number): Connection | undefined {
    return this.current?.id === id ? this.current : this.connections.get(id);
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
    const { current } = this;
    // Most sends answer the event in hand.
    const connection =
      current?.id === id && current.state === ConnectionState.Open && current.isReady
        ? current
        : this.#sendable(id);
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
    if (this.late.endOf(connection) !== undefined) {
      // The native core is done with it already.
      this.endUndialled(connection, operation, errorCode);
      return;
    }
    connection.state = ConnectionState.Closing;
    if (connection.slot < 0) {
      binding.cancel(this.native, connection.link.native, connection.id);
      return;
    }
    connection.link.commands.write(CommandKind.Disconnect, connection, operation | how, errorCode);
  }

  /** The listener or the model gave a connection up while receiving. */
  fail(connection: Connection, errorCode: ErrorCode = this.refusalCode()): void {
    if (connection.state !== ConnectionState.Open) return;
    this.close(connection, SocketOperation.Receive, errorCode);
  }

  /** Sends what is queued, then tells the peer that no more follows. */
  end(connection: Connection): void {
    connection.isReady = false;
    this.finished?.add(connection);
    connection.link.commands.write(CommandKind.End, connection);
  }

  /** Stops or resumes the reading of a connection. */
  pauseReceive(connection: Connection, pause: boolean): void {
    if (connection.isPaused === pause) return;
    connection.isPaused = pause;
    connection.link.commands.write(pause ? CommandKind.Pause : CommandKind.Resume, connection);
    if (!pause) this.dispatcher.resumed(connection);
  }

  /** The own address; `undefined` while there is no socket. */
  localAddress(connection: Connection): { address: string; port: number } | undefined {
    return binding.localAddress(this.datagrams.of(connection.link) ?? connection.link.descriptor(connection));
  }

  /** The peer's address, inside its close too; `undefined` while it is not connected. */
  remoteAddress(connection: Connection): { address: string; port: number } | undefined {
    return this.late.endOf(connection)?.remoteAddress ?? connection.link.remoteAddress(connection);
  }

  /** Milliseconds since the connection was made; while it is not, since it was reserved. */
  connectPeriod(connection: Connection): number {
    const end = this.late.endOf(connection);
    if (end !== undefined) return Math.trunc(performance.now() - end.openedAt);
    if (connection.slot >= 0) return connection.link.connectPeriod(connection.slot, connection.id);
    return connection instanceof DialledConnection
      ? Math.trunc(performance.now() - connection.reservedAt)
      : 0;
  }

  /** Milliseconds since the connection received something, or since it was made. */
  silencePeriod(connection: Connection): number {
    const end = this.late.endOf(connection);
    if (end !== undefined) return Math.trunc(performance.now() - end.lastReceiveAt);
    if (connection.slot >= 0) return connection.link.silencePeriod(connection.slot, connection.id);
    return this.connectPeriod(connection);
  }
}
