// SPDX-License-Identifier: Apache-2.0
import {
  type AgentListener,
  Backoff,
  bindListener,
  binding,
  borrows,
  calledOff,
  checkAsyncConnect,
  checkHost,
  checkListener,
  checkLiteral,
  checkModel,
  checkObject,
  checkPort,
  checkSignal,
  checkTimeout,
  ConnectionState,
  describeError,
  type Dial,
  DialledConnection,
  Engine,
  type EngineListener,
  ErrorCode,
  errorName,
  HandleResult,
  MultiStreamComponent,
  PlannedSocket,
  type ReceiveModel,
  type ReconnectOptions,
  type SettingRules,
  reportLater,
  ServiceState,
  settled,
  SocketError,
  type StreamFilterParts,
  toEngineSettings,
  vetoed,
} from '@hp/core-native';
import { dialAsync, dialBlocking } from './dial.js';
import { agentRules, type AgentSettings } from './settings.js';

/** What the constructor of an agent takes: any settings, and a receive model. */
export interface AgentOptions<TData = Buffer> extends Partial<AgentSettings> {
  /** How bytes become what `onReceive` gets; absent: PUSH, as they come. */
  readonly model?: ReceiveModel<TData>;
}

/** What a single connect may be given. */
export interface ConnectOptions<TExtra = unknown> {
  /** Kept with the connection from the start, as by `setConnectionExtra`; in `onPrepareConnect` too. */
  readonly extra?: TExtra;
  /** The address to connect from; default: the one given to `start`. */
  readonly localAddress?: string;
  /** The port to connect from, with a local address only; default 0: chosen by the system. */
  readonly localPort?: number;
  /** Milliseconds this connect may take, from 0 (no limit); default: `connectTimeoutMs`. */
  readonly timeoutMs?: number;
  /** Dials again after the connection is lost or cannot be made; each time under a new id. */
  readonly reconnect?: ReconnectOptions;
}

/** What `connectAsync` may be given besides. */
export interface ConnectAsyncOptions<TExtra = unknown> extends ConnectOptions<TExtra> {
  /** Calls the connect off: the promise rejects with its reason, and `onClose` (Close, 0) follows. */
  readonly signal?: AbortSignal;
}

// The settings are properties too; Component.defineSettings makes them.

export interface TcpAgent<TExtra = unknown, TData = Buffer> extends AgentSettings {
  /** Phantom: the type that `onReceive` gets. */
  readonly dataType?: TData | TExtra;
}

/**
 * Makes many TCP connections on one engine. HP-Socket: `ITcpAgent`, `TcpAgent`.
 *
 * @example
 * ```ts
 * const agent = new TcpAgent({ onConnect: (agent, id) => void agent.send(id, Buffer.from('hello')) });
 * agent.start();
 * agent.connect('127.0.0.1', 5555);
 * ```
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- defineSettings makes what the interface declares
export class TcpAgent<TExtra = unknown, TData = Buffer> extends MultiStreamComponent<TExtra> {
  static {
    MultiStreamComponent.defineSettings(this.prototype, agentRules);
  }

  readonly #listener: AgentListener<TcpAgent<TExtra, TData>, TData>;
  readonly #model: ReceiveModel<TData> | undefined;
  /** Those that wait to dial again. */
  readonly #backoffs: Set<Backoff> = new Set();
  #nextId = 1;
  #bindAddress = '';
  #isAsync = true;
  #bound: EngineListener = {};

  /**
   * @param listener - the events; its functions are read at each start.
   * @param modelRules - settings that a component with a receive model of its own has besides.
   * @throws HpSocketError where an option is out of its range.
   */
  constructor(
    listener: AgentListener<TcpAgent<TExtra, TData>, TData>,
    options: AgentOptions<TData> = {},
    modelRules: SettingRules = {},
  ) {
    super({ ...agentRules, ...modelRules });
    checkListener(listener);
    checkObject(options);
    const { model, ...settings } = options;
    checkModel(model);
    this.#listener = listener;
    this.#model = model;
    this.settings.setAll(settings);
  }

  /**
   * Makes the agent ready to connect. HP-Socket: `Start`.
   * @param bindAddress - the IP address to connect from; nothing: chosen by the system.
   * @param asyncConnect - `false`: `connect` blocks until it is connected, and throws where that fails.
   * @throws HpSocketError while it is not stopped, for what is no IP address, and where that is not one
   * of this host; `onShutdown` has been called then if the agent had begun to start.
   */
  start(bindAddress = '', asyncConnect = true): void {
    this.noting(() => {
      checkAsyncConnect(asyncConnect);
      if (bindAddress !== '') checkLiteral(bindAddress, 'bindAddress');
    });
    this.enterStarting();
    this.#bindAddress = bindAddress;
    this.#isAsync = asyncConnect;
    const model = this.createModel() as unknown as ReceiveModel<never> | undefined;
    const borrowed = borrows(this.settings, model);
    this.#bound = bindListener(this, this.#listener as AgentListener<this, never>, borrowed);
    try {
      const engine = new Engine({
        listener: this.#bound,
        settings: toEngineSettings(this.settings),
        model,
        filter: this.createFilter(),
        firstId: this.#nextId,
      });
      this.adopt(engine);
      if (bindAddress !== '') this.#tryBind(engine, bindAddress);
    } catch (error) {
      this.noteError(error);
      this.enterStopping();
      this.engine?.stop(() => undefined);
      this.#finish();
      throw error;
    }
    this.enterStarted();
  }

  /**
   * Begins to connect; whatever the network says arrives as `onConnect` or as
   * `onClose(Connect, code)`, never from inside the call. HP-Socket: `Connect`.
   * @param host - a name or an IP address; all addresses of a name are tried in turn.
   * @returns the id of the connection.
   * @throws HpSocketError for a wrong argument, while the agent is not started, where
   * `onPrepareConnect` refuses, at `maxConnections`, and with blocking connects for every failure.
   */
  connect(host: string, port: number, options: ConnectOptions<TExtra> = {}): number {
    return this.#connect(
      this.noting(() => this.#toDial(host, port, options)),
      options,
    ).id;
  }

  /**
   * As `connect`, and settles when the connection is usable or has failed. The events are the same.
   * @returns the id of the connection.
   * @throws HpSocketError as `connect`, and where connecting fails; the signal's reason where it is
   * called off.
   */
  async connectAsync(host: string, port: number, options: ConnectAsyncOptions<TExtra> = {}): Promise<number> {
    const dial = this.noting(() => {
      checkObject(options);
      checkSignal(options.signal);
      return this.#toDial(host, port, options);
    });
    options.signal?.throwIfAborted();
    const connection = this.#connect(dial, options);
    // Blocking, it is usable by now, but for a handshake.
    if (connection.isSettled) return connection.id;
    return settled(connection, dial, options.signal);
  }

  /** What was given to `connect`; `undefined` for an unknown connection. HP-Socket: `GetRemoteHost`. */
  getRemoteHost(id: number): { readonly host: string; readonly port: number } | undefined {
    const connection = this.known(id);
    return connection instanceof DialledConnection ? connection.remoteHost : undefined;
  }

  /** The receive model of a start; components with settings for one make it anew. */
  protected createModel(): ReceiveModel<TData> | undefined {
    return this.#model;
  }

  /** The stream filter of a start, where there is one. What it throws, `start` throws. */
  protected createFilter(): StreamFilterParts | undefined {
    return undefined;
  }

  /**
   * What the stream filter is told of the host: the name that the peer has to prove, in TLS.
   * @param host - what is dialled.
   * @param _options - what the connect was given.
   */
  protected filterHost(host: string, _options: object): string {
    return host;
  }

  protected override beginStop(): void {
    for (const backoff of this.#backoffs) backoff.cancel();
    this.#backoffs.clear();
    this.engine?.stop(() => {
      this.#finish();
    });
  }

  #toDial(host: string, port: number, options: ConnectOptions<TExtra>): Dial {
    checkHost(host);
    checkPort(port);
    checkObject(options);
    const { localAddress = this.#bindAddress, localPort = 0 } = options;
    if (localAddress !== '') checkLiteral(localAddress, 'localAddress');
    checkPort(localPort, 'localPort');
    const timeoutMs = options.timeoutMs ?? this.connectTimeoutMs;
    checkTimeout(timeoutMs);
    const filterHost = this.filterHost(host, options);
    return { host, port, localAddress, localPort, timeoutMs, filterHost, planned: new PlannedSocket() };
  }

  #connect(dial: Dial, options: ConnectOptions<TExtra>): DialledConnection {
    const backoff = this.noting(() => options.reconnect && new Backoff(options.reconnect));
    const connection = this.#begin(dial, options);
    if (backoff !== undefined) this.#keepConnected(connection, options, backoff);
    return connection;
  }

  #begin(dial: Dial, options: ConnectOptions<TExtra>): DialledConnection {
    const { engine } = this;
    if (engine === undefined || this.state !== ServiceState.Started) {
      throw this.failure(SocketError.IllegalState, 'connect needs a started agent; call start() first.');
    }
    if (this.maxConnections !== 0 && this.connectionCount >= this.maxConnections) {
      throw this.failure(SocketError.ConnectServer, 'maxConnections is reached.', {
        errno: ErrorCode.ConnectionLimit,
      });
    }
    const connection = engine.reserve(dial.host, dial.port, options.extra);
    try {
      engine.lastErrorCode = ErrorCode.Ok;
      if (this.#bound.onPrepareConnect?.(connection.id, dial.planned) === HandleResult.Error) {
        throw vetoed('onPrepareConnect', engine.refusalCode());
      }
      if (connection.state !== ConnectionState.Connecting) throw calledOff('onPrepareConnect');
    } catch (error) {
      engine.forget(connection);
      this.noteError(error);
      throw error;
    }
    if (this.#isAsync) dialAsync(engine, connection, dial);
    else
      this.noting(() => {
        dialBlocking(engine, connection, dial);
      });
    return connection;
  }

  #keepConnected(connection: DialledConnection, options: ConnectOptions<TExtra>, backoff: Backoff): void {
    const { host, port } = connection.remoteHost;
    const { reconnect, ...once } = options;
    const dialAgain = (): void => {
      this.#backoffs.delete(backoff);
      try {
        const next = this.#begin(this.#toDial(host, port, once), once);
        this.#keepConnected(next, options, backoff);
      } catch (error) {
        // onPrepareConnect refused, or threw; nobody waits for this call.
        this.noteOrReport(error);
      }
    };
    connection.onGone = (isLost) => {
      if (!isLost) return;
      if (connection.slot >= 0) backoff.reset();
      if (backoff.schedule(dialAgain, this.keepsProcess)) this.#backoffs.add(backoff);
    };
  }

  #tryBind(engine: Engine, address: string): void {
    const opened = binding.openStream(engine.native, address);
    const bound = opened.error === ErrorCode.Ok ? binding.bind(opened.handle, address, 0) : opened;
    if (opened.error === ErrorCode.Ok) binding.closeSocket(engine.native, opened.handle);
    if (bound.error === ErrorCode.Ok) return;
    throw this.failure(
      opened.error === ErrorCode.Ok ? SocketError.SocketBind : SocketError.SocketCreate,
      `bindAddress ${address} cannot be used: ${describeError(bound.error)} (${errorName(bound.error)}); choose an address of this host.`,
      { errno: bound.error, syscall: bound.call, address },
    );
  }

  #finish(): void {
    this.#nextId = this.engine?.nextId ?? this.#nextId;
    try {
      this.#bound.onShutdown?.();
    } catch (error) {
      reportLater(error);
    }
    this.enterStopped();
  }
}
