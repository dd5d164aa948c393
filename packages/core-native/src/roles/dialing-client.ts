// SPDX-License-Identifier: Apache-2.0
import { ConnectionState, type DialledConnection } from '../connection.js';
import type { EngineSettings } from '../engine-settings.js';
import { Engine } from '../engine.js';
import { HandleResult, ServiceState } from '../enums.js';
import type { EngineListener } from '../listener.js';
import type { ReceiveModel } from '../receive-model.js';
import { checkPort, checkTimeout, type SettingRules } from '../settings.js';
import { SingleConnectionComponent } from '../single-connection.js';
import { PlannedSocket } from '../socket-handle.js';
import type { ComponentStats } from '../stats.js';
import type { StreamFilterParts } from '../stream-filter.js';
import { checkHost, checkLiteral } from './addresses.js';
import { checkAsyncConnect, checkListener, checkObject, checkSignal } from './arguments.js';
import { calledOff, type Dial, settled, vetoed } from './dial.js';
import { bindListener, borrows, type ClientListener, withoutIds } from './listeners.js';
import { Backoff, type ReconnectOptions } from './reconnect.js';
import { toEngineSettings } from './settings.js';

/** What a start of a client may be given. */
export interface ClientStartOptions {
  /** `false`: `start` blocks until it is connected, and throws where that fails. Default `true`. */
  readonly asyncConnect?: boolean;
  /** The address to connect from; nothing: chosen by the system. */
  readonly localAddress?: string;
  /** The port to connect from, with a local address only; default 0: chosen by the system. */
  readonly localPort?: number;
  /** Milliseconds this connect may take, from 0 (no limit); default: `connectTimeoutMs`. */
  readonly timeoutMs?: number;
  /** Dials again after the connection is lost or cannot be made, until `stop`. */
  readonly reconnect?: ReconnectOptions;
}

/** What `startAsync` may be given besides. */
export interface ClientStartAsyncOptions extends ClientStartOptions {
  /** Calls the connect off: the promise rejects with its reason, and `onClose` (Close, 0) follows. */
  readonly signal?: AbortSignal;
}

// Client ids are taken from one counter for the whole thread, as in HP-Socket.
let nextClientId = 1;

/**
 * The life of a client, whatever the transport: it dials, dials again where it is asked to, and stops
 * with its connection. The role says how one dials, and has the `ClientTransportSettings`.
 */
export abstract class DialingClient<TExtra = unknown> extends SingleConnectionComponent<TExtra> {
  readonly #listener: ClientListener<never, never>;
  #backoff: Backoff | undefined;
  #bound: EngineListener = {};
  #startModel: ReceiveModel<never> | undefined;
  #startFilter: StreamFilterParts | undefined;

  /**
   * @param rules - the settings it has, see `defineSettings`.
   * @param listener - the events; its functions are read at each start.
   * @throws HpSocketError where the listener is none.
   */
  protected constructor(rules: SettingRules, listener: ClientListener<never, never>) {
    super(rules);
    checkListener(listener);
    this.#listener = listener;
  }

  /**
   * Begins to connect; whatever the network says arrives as `onConnect` or as
   * `onClose(Connect, code)`, never from inside the call. Once the client is stopped again it may be
   * started anew; not inside its `onClose`. HP-Socket: `Start`.
   * @param host - a name or an IP address; all addresses of a name are tried in turn.
   * @throws HpSocketError for a wrong argument, while it runs, where `onPrepareConnect` refuses, and
   * with blocking connects for every failure.
   */
  start(host: string, port: number, options: ClientStartOptions = {}): void {
    const dial = this.noting(() => this.#toDial(host, port, options));
    this.#begin(dial, options);
  }

  /**
   * As `start`, and settles when the connection is usable or has failed. The events are the same.
   * @throws HpSocketError as `start`, and where connecting fails; the signal's reason where it is
   * called off.
   */
  async startAsync(host: string, port: number, options: ClientStartAsyncOptions = {}): Promise<void> {
    const dial = this.noting(() => {
      checkObject(options);
      checkSignal(options.signal);
      return this.#toDial(host, port, options);
    });
    options.signal?.throwIfAborted();
    const connection = this.#begin(dial, options);
    // Blocking, it is usable by now, but for a handshake; what has failed at once is told later all the same.
    if (connection.isSettled) return;
    try {
      await settled(connection, dial, options.signal);
    } catch (error) {
      // So that a failed start can be followed by the next one.
      if (this.state === ServiceState.Stopping) await this.wait();
      throw error;
    }
  }

  override stop(): Promise<void> {
    // Also inside onClose, where the client counts as stopping already.
    this.#backoff?.cancel();
    this.#backoff = undefined;
    return super.stop();
  }

  /** Dials without waiting; every outcome arrives as an event. */
  protected abstract dialAsync(engine: Engine, connection: DialledConnection, dial: Dial): void;

  /** Dials and waits. Throws where that fails, and no event tells of it then. */
  protected abstract dialBlocking(engine: Engine, connection: DialledConnection, dial: Dial): void;

  /** Whether an attempt has met its server, so that the next is the first of its kind again. */
  protected wasReached(attempt: ComponentStats): boolean {
    return attempt.connected > 0;
  }

  /** What each attempt runs with. */
  protected engineSettings(): EngineSettings {
    return toEngineSettings(this.settings, true);
  }

  /** The receive model of a start, where there is one. */
  protected createModel(): ReceiveModel<never> | undefined {
    return undefined;
  }

  /** The stream filter of a start, where there is one. What it throws, `start` throws. */
  protected createFilter(): StreamFilterParts | undefined {
    return undefined;
  }

  /**
   * What the stream filter is told of the host: the name that the peer has to prove, in TLS.
   * @param host - what is dialled.
   * @param _options - what the start was given.
   */
  protected filterHost(host: string, _options: object): string {
    return host;
  }

  protected override beginStop(): void {
    super.beginStop();
    if (this.connection === undefined) this.#finish();
  }

  #toDial(host: string, port: number, options: ClientStartOptions): Dial {
    checkHost(host);
    checkPort(port);
    checkObject(options);
    const { localAddress = '', localPort = 0 } = options;
    if (localAddress !== '') checkLiteral(localAddress, 'localAddress');
    checkPort(localPort, 'localPort');
    const timeoutMs = options.timeoutMs ?? (this.settings.get('connectTimeoutMs') as number);
    checkTimeout(timeoutMs);
    checkAsyncConnect(options.asyncConnect ?? true);
    const filterHost = this.filterHost(host, options);
    return { host, port, localAddress, localPort, timeoutMs, filterHost, planned: new PlannedSocket() };
  }

  #begin(dial: Dial, options: ClientStartOptions): DialledConnection {
    const backoff = this.noting(() => options.reconnect && new Backoff(options.reconnect));
    this.enterStarting();
    this.#backoff = backoff;
    this.#startModel = this.createModel();
    const borrowed = borrows(this.settings, this.#startModel);
    this.#bound = bindListener(this, withoutIds(this.#listener as ClientListener<this, never>), borrowed);
    try {
      this.#startFilter = this.createFilter();
      return this.#dial(dial, options);
    } catch (error) {
      this.noteError(error);
      this.enterStopping();
      // It may be on its way out already: onConnect has called stop().
      if (this.connection !== undefined) this.connection.silent = true;
      this.engine?.stop(() => undefined);
      this.connection = undefined;
      this.enterStopped();
      throw error;
    }
  }

  /** One attempt: an engine of its own, so that every attempt has a fresh id. */
  #dial(dial: Dial, options: ClientStartOptions): DialledConnection {
    const { onConnect, onClose } = this.#bound;
    const listener: EngineListener = {
      ...this.#bound,
      onConnect: (id) => {
        this.enterStarted();
        return onConnect?.(id);
      },
      onClose: (id, operation, errorCode) => {
        this.enterStopping();
        onClose?.(id, operation, errorCode);
      },
    };
    const engine = new Engine({
      listener,
      settings: this.engineSettings(),
      model: this.#startModel,
      filter: this.#startFilter,
      firstId: nextClientId++,
    });
    this.adopt(engine);
    const connection = engine.reserve(dial.host, dial.port, undefined);
    this.connection = connection;
    this.lastConnectionId = connection.id;
    connection.onGone = (isLost) => {
      // A start that threw has given this engine up; the client may run on another by now.
      if (this.engine !== engine) return;
      if (!isLost || !this.#dialAgainLater(engine, dial, options)) this.#finish();
    };
    try {
      if (this.#bound.onPrepareConnect?.(connection.id, dial.planned) === HandleResult.Error) {
        throw vetoed('onPrepareConnect', engine.refusalCode());
      }
      if (connection.state !== ConnectionState.Connecting) throw calledOff('onPrepareConnect');
    } catch (error) {
      engine.forget(connection);
      throw error;
    }
    if (options.asyncConnect ?? true) this.dialAsync(engine, connection, dial);
    else this.dialBlocking(engine, connection, dial);
    return connection;
  }

  /** Whether a further attempt follows; until then the client counts as starting. */
  #dialAgainLater(engine: Engine, dial: Dial, options: ClientStartOptions): boolean {
    const backoff = this.#backoff;
    if (backoff === undefined) return false;
    if (this.wasReached(engine.stats())) backoff.reset();
    const isScheduled = backoff.schedule(() => {
      try {
        this.#dial({ ...dial, planned: new PlannedSocket() }, options);
      } catch (error) {
        // onPrepareConnect refused, or threw; nobody waits for this call.
        this.noteOrReport(error);
        this.#finish();
      }
    }, this.keepsProcess);
    if (!isScheduled) return false;
    this.connection = undefined;
    engine.stop(() => undefined);
    this.enterRestarting();
    return true;
  }

  /** Stopped is only what has let go of its socket: who binds one anew must find the port free. */
  #finish(): void {
    this.connection = undefined;
    this.enterStopping();
    const done = (): void => {
      this.enterStopped();
    };
    if (this.engine === undefined) done();
    else this.engine.stop(done);
  }
}
