// SPDX-License-Identifier: Apache-2.0
import {
  checkPort,
  checkTimeout,
  ConnectionState,
  type DialledConnection,
  Engine,
  type EngineListener,
  HandleResult,
  PlannedSocket,
  type ReceiveModel,
  type SettingRules,
  SingleConnectionComponent,
} from '@hp/core-native';
import { checkHost, checkLiteral } from './addresses.js';
import { checkAsyncConnect, checkListener, checkModel, checkObject, checkSignal } from './arguments.js';
import { calledOff, type Dial, dialAsync, dialBlocking, settled, vetoed } from './dial.js';
import { bindListener, borrows, type ClientListener, withoutIds } from './listeners.js';
import { Backoff, type ReconnectOptions } from './reconnect.js';
import { clientRules, type ClientSettings, toEngineSettings } from './settings.js';

/** What the constructor of a client takes: any settings, and a receive model. */
export interface ClientOptions<TData = Buffer> extends Partial<ClientSettings> {
  /** How bytes become what `onReceive` gets; absent: PUSH, as they come. */
  readonly model?: ReceiveModel<TData>;
}

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

// The settings are properties too; Component.defineSettings makes them.

export interface TcpClient<TExtra = unknown, TData = Buffer> extends ClientSettings {
  /** Phantom: the type that `onReceive` gets. */
  readonly dataType?: TData | TExtra;
}

// Client ids are taken from one counter for the whole thread, as in HP-Socket.
let nextClientId = 1;

/**
 * One TCP connection to a server. HP-Socket: `ITcpClient`, `TcpClient`.
 *
 * @example
 * ```ts
 * const client = new TcpClient({ onReceive: (client, data) => console.log(String(data)) });
 * await client.startAsync('127.0.0.1', 5555);
 * client.send(Buffer.from('hello'));
 * ```
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- defineSettings makes what the interface declares
export class TcpClient<TExtra = unknown, TData = Buffer> extends SingleConnectionComponent<TExtra> {
  static {
    SingleConnectionComponent.defineSettings(this.prototype, clientRules);
  }

  readonly #listener: ClientListener<TcpClient<TExtra, TData>, TData>;
  readonly #model: ReceiveModel<TData> | undefined;
  #backoff: Backoff | undefined;
  #bound: EngineListener = {};
  #startModel: ReceiveModel<never> | undefined;

  /**
   * @param listener - the events; its functions are read at each start.
   * @param modelRules - settings that a component with a receive model of its own has besides.
   * @throws HpSocketError where an option is out of its range.
   */
  constructor(
    listener: ClientListener<TcpClient<TExtra, TData>, TData>,
    options: ClientOptions<TData> = {},
    modelRules: SettingRules = {},
  ) {
    super({ ...clientRules, ...modelRules });
    checkListener(listener);
    checkObject(options);
    const { model, ...settings } = options;
    checkModel(model);
    this.#listener = listener;
    this.#model = model;
    this.settings.setAll(settings);
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
    if (connection.state === ConnectionState.Connecting) await settled(connection, dial, options.signal);
  }

  override stop(): Promise<void> {
    // Also inside onClose, where the client counts as stopping already.
    this.#backoff?.cancel();
    this.#backoff = undefined;
    return super.stop();
  }

  protected override beginStop(): void {
    super.beginStop();
    if (this.connection === undefined) this.#finish();
  }

  /** The receive model of a start; components with settings for one make it anew. */
  protected createModel(): ReceiveModel<TData> | undefined {
    return this.#model;
  }

  #toDial(host: string, port: number, options: ClientStartOptions): Dial {
    checkHost(host);
    checkPort(port);
    checkObject(options);
    const { localAddress = '', localPort = 0 } = options;
    if (localAddress !== '') checkLiteral(localAddress, 'localAddress');
    checkPort(localPort, 'localPort');
    const timeoutMs = options.timeoutMs ?? this.connectTimeoutMs;
    checkTimeout(timeoutMs);
    checkAsyncConnect(options.asyncConnect ?? true);
    return { host, port, localAddress, localPort, timeoutMs, planned: new PlannedSocket() };
  }

  #begin(dial: Dial, options: ClientStartOptions): DialledConnection {
    const backoff = this.noting(() => options.reconnect && new Backoff(options.reconnect));
    this.enterStarting();
    this.#backoff = backoff;
    this.#startModel = this.createModel();
    const borrowed = borrows(this.receiveBuffer, this.#startModel);
    this.#bound = bindListener(this, withoutIds(this.#listener as ClientListener<this, never>), borrowed);
    try {
      return this.#dial(dial, options);
    } catch (error) {
      this.noteError(error);
      this.enterStopping();
      this.#finish();
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
        this.#backoff?.reset();
        return onConnect?.(id);
      },
      onClose: (id, operation, errorCode) => {
        this.enterStopping();
        onClose?.(id, operation, errorCode);
      },
    };
    const settings = toEngineSettings(this.settings, true);
    const engine = new Engine({ listener, settings, model: this.#startModel, firstId: nextClientId++ });
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
    if (options.asyncConnect ?? true) dialAsync(engine, connection, dial);
    else dialBlocking(engine, connection, dial);
    return connection;
  }

  /** Whether a further attempt follows; until then the client counts as starting. */
  #dialAgainLater(engine: Engine, dial: Dial, options: ClientStartOptions): boolean {
    const isScheduled = this.#backoff?.schedule(() => {
      try {
        this.#dial({ ...dial, planned: new PlannedSocket() }, options);
      } catch (error) {
        // onPrepareConnect refused, or threw; nobody waits for this call.
        this.noteOrReport(error);
        this.#finish();
      }
    }, this.keepsProcess);
    if (isScheduled !== true) return false;
    this.connection = undefined;
    engine.stop(() => undefined);
    this.enterRestarting();
    return true;
  }

  #finish(): void {
    this.engine?.stop(() => undefined);
    this.connection = undefined;
    this.enterStopped();
  }
}
