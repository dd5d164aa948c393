// SPDX-License-Identifier: Apache-2.0
import {
  binding,
  borrows,
  checkHost,
  checkListener,
  checkModel,
  checkObject,
  checkPort,
  describeError,
  Engine,
  type EngineListener,
  ErrorCode,
  errorName,
  HandleResult,
  LiveSocket,
  MultiStreamComponent,
  type ReceiveModel,
  type SettingRules,
  reportLater,
  resolveHost,
  type SocketAddress,
  SocketError,
  toEngineSettings,
  toListenAddress,
} from '@hp/core-native';
import { bindServerListener, type ServerListener } from './listeners.js';
import { serverRules, type ServerSettings } from './settings.js';

/** What the constructor of a server takes: any settings, and a receive model. */
export interface ServerOptions<TData = Buffer> extends Partial<ServerSettings> {
  /** How bytes become what `onReceive` gets; absent: PUSH, as they come. */
  readonly model?: ReceiveModel<TData>;
}

function adviceFor(error: ErrorCode): string {
  if (error === ErrorCode.AddressNotAvailable) return 'choose an address of this host';
  return 'choose another port, or stop what uses it';
}

// The settings are properties too; Component.defineSettings makes them.

export interface TcpServer<TExtra = unknown, TData = Buffer> extends ServerSettings {
  /** Phantom: the type that `onReceive` gets. */
  readonly dataType?: TData | TExtra;
}

/**
 * Accepts TCP connections. HP-Socket: `ITcpServer`, `TcpServer`.
 *
 * @example
 * ```ts
 * const server = new TcpServer({ onReceive: (server, id, data) => void server.send(id, data) });
 * server.start('127.0.0.1', 5555);
 * ```
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- defineSettings makes what the interface declares
export class TcpServer<TExtra = unknown, TData = Buffer> extends MultiStreamComponent<TExtra> {
  static {
    MultiStreamComponent.defineSettings(this.prototype, serverRules);
  }

  readonly #listener: ServerListener<TcpServer<TExtra, TData>, TData>;
  readonly #model: ReceiveModel<TData> | undefined;
  #listening: number | undefined;
  #nextId = 1;
  #bound: EngineListener = {};

  /**
   * @param listener - the events; its functions are read at each start.
   * @param modelRules - settings that a component with a receive model of its own has besides.
   * @throws HpSocketError where an option is out of its range.
   */
  constructor(
    listener: ServerListener<TcpServer<TExtra, TData>, TData>,
    options: ServerOptions<TData> = {},
    modelRules: SettingRules = {},
  ) {
    super({ ...serverRules, ...modelRules });
    checkListener(listener);
    checkObject(options);
    const { model, ...settings } = options;
    checkModel(model);
    this.#listener = listener;
    this.#model = model;
    this.settings.setAll(settings);
  }

  /**
   * Binds and listens. HP-Socket: `Start`.
   * @param address - an IP address, `localhost`, or nothing for every address.
   * @param port - 0 to 65535; 0 lets the system choose, see `listenAddress`.
   * @throws HpSocketError for a wrong argument, while it is not stopped, and with the step that failed;
   * the server is stopped then, `onShutdown` has been called, and it may be started again.
   */
  start(address?: string, port = 0): void {
    this.noting(() => {
      checkPort(port);
    });
    const literal = toListenAddress(address, this.dualStack);
    if (literal === undefined) {
      throw this.failure(
        SocketError.InvalidParam,
        `address must be an IP address or 'localhost'; it is '${String(address)}'. startAsync takes names.`,
        { address, port },
      );
    }
    this.enterStarting();
    const model = this.createModel() as unknown as ReceiveModel<never> | undefined;
    const borrowed = borrows(this.settings, model);
    this.#bound = bindServerListener(this, this.#listener as ServerListener<this, never>, borrowed);
    try {
      const settings = toEngineSettings(this.settings);
      const engine = new Engine({ listener: this.#bound, settings, model, firstId: this.#nextId });
      this.adopt(engine);
      this.#listen(engine, literal, port);
    } catch (error) {
      this.noteError(error);
      this.#abandonStart();
      throw error;
    }
    this.enterStarted();
  }

  /**
   * As `start`, for a name too: listens on the first address it has.
   * @throws HpSocketError as `start`, also for a name that has no address.
   */
  async startAsync(host: string, port = 0): Promise<void> {
    this.noting(() => {
      checkHost(host);
    });
    const addresses = await resolveHost(host, '').catch(() => []);
    if (addresses.length === 0) {
      throw this.failure(SocketError.SocketCreate, `host '${host}' has no address; use another name.`, {
        errno: ErrorCode.AddressNotAvailable,
        syscall: 'getaddrinfo',
        address: host,
        port,
      });
    }
    this.start(addresses[0], port);
  }

  /** The address and port it listens on; `undefined` while it does not. HP-Socket: `GetListenAddress`. */
  get listenAddress(): SocketAddress | undefined {
    return this.#listening === undefined ? undefined : binding.localAddress(this.#listening);
  }

  protected override beginStop(): void {
    this.#listening = undefined;
    this.engine?.stop(() => {
      this.#finish();
    });
  }

  /** The receive model of a start; components with settings for one make it anew. */
  protected createModel(): ReceiveModel<TData> | undefined {
    return this.#model;
  }

  #listen(engine: Engine, address: string, port: number): void {
    const details = { address, port };
    const opened = binding.openStream(engine.native, address);
    this.#check(opened, SocketError.SocketCreate, 'The socket could not be made', details);
    const { handle } = opened;
    try {
      if (this.#bound.onPrepareListen?.(new LiveSocket(handle)) === HandleResult.Error) {
        throw this.failure(SocketError.SocketPrepare, 'onPrepareListen refused to go on.', details);
      }
      if (engine.isStopping) throw this.failure(SocketError.IllegalState, 'onPrepareListen called stop().');
      const bound = binding.bind(handle, address, port);
      const where = `${address}:${String(port)} could not be bound; ${adviceFor(bound.error)}`;
      this.#check(bound, SocketError.SocketBind, where, details);
      const listened = binding.startListening(handle, this.socketListenQueue);
      this.#check(listened, SocketError.SocketListen, where, details);
      const accepting = { error: engine.accept(handle), call: 'listen' };
      this.#check(accepting, SocketError.SocketListen, 'The socket could not be polled', details);
    } catch (error) {
      binding.closeSocket(engine.native, handle);
      throw error;
    }
    this.#listening = handle;
  }

  #check(
    result: { readonly error: ErrorCode; readonly call: string },
    kind: SocketError,
    message: string,
    details: { readonly address: string; readonly port: number },
  ): void {
    if (result.error === ErrorCode.Ok) return;
    throw this.failure(kind, `${message}: ${describeError(result.error)} (${errorName(result.error)}).`, {
      ...details,
      errno: result.error,
      syscall: result.call,
    });
  }

  #abandonStart(): void {
    this.enterStopping();
    this.engine?.stop(() => undefined);
    this.#finish();
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
