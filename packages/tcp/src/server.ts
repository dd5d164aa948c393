// SPDX-License-Identifier: Apache-2.0
import {
  binding,
  borrows,
  checkListener,
  checkModel,
  checkObject,
  checkStep,
  checkTaken,
  Engine,
  type EngineListener,
  firstAddressOf,
  HandleResult,
  LiveSocket,
  MultiStreamComponent,
  type Place,
  type ReceiveModel,
  type SettingRules,
  reportLater,
  type SocketAddress,
  SocketError,
  type StreamFilterParts,
  toEngineSettings,
  toListenPlace,
} from '@hp/core-native';
import { bindServerListener, type ServerListener } from './listeners.js';
import { serverRules, type ServerSettings } from './settings.js';

/** What the constructor of a server takes: any settings, and a receive model. */
export interface ServerOptions<TData = Buffer> extends Partial<ServerSettings> {
  /** How bytes become what `onReceive` gets; absent: PUSH, as they come. */
  readonly model?: ReceiveModel<TData>;
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
    const place = this.noting(() => toListenPlace(address, port, this.dualStack));
    this.enterStarting();
    const model = this.createModel() as unknown as ReceiveModel<never> | undefined;
    const borrowed = borrows(this.settings, model);
    this.#bound = bindServerListener(this, this.#listener as ServerListener<this, never>, borrowed);
    try {
      const engine = new Engine({
        listener: this.#bound,
        settings: toEngineSettings(this.settings),
        model,
        filter: this.createFilter(),
        firstId: this.#nextId,
      });
      this.adopt(engine);
      this.#listen(engine, place);
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
    const address = await firstAddressOf(host, port).catch((error: unknown) => {
      this.noteError(error);
      throw error;
    });
    this.start(address, port);
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

  /** The stream filter of a start, where there is one. What it throws, `start` throws. */
  protected createFilter(): StreamFilterParts | undefined {
    return undefined;
  }

  #listen(engine: Engine, place: Place): void {
    const opened = binding.openStream(engine.native, place.address);
    checkStep(opened, SocketError.SocketCreate, 'The socket could not be made', place);
    const { handle } = opened;
    try {
      if (this.#bound.onPrepareListen?.(new LiveSocket(handle)) === HandleResult.Error) {
        throw this.failure(SocketError.SocketPrepare, 'onPrepareListen refused to go on.', place);
      }
      if (engine.isStopping) throw this.failure(SocketError.IllegalState, 'onPrepareListen called stop().');
      checkTaken(binding.bind(handle, place.address, place.port), SocketError.SocketBind, place);
      checkTaken(binding.startListening(handle, this.socketListenQueue), SocketError.SocketListen, place);
      const accepting = { error: engine.accept(handle), call: 'listen' };
      checkStep(accepting, SocketError.SocketListen, 'The socket could not be polled', place);
    } catch (error) {
      binding.closeSocket(engine.native, handle);
      throw error;
    }
    this.#listening = handle;
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
