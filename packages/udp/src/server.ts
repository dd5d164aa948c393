// SPDX-License-Identifier: Apache-2.0
import {
  bindListener,
  binding,
  borrows,
  checkListener,
  checkObject,
  checkStep,
  type CallbackResult,
  type Connection,
  Engine,
  type EngineListener,
  ErrorCode,
  firstAddressOf,
  HandleResult,
  LiveSocket,
  MultiConnectionComponent,
  type Place,
  reportLater,
  type SocketAddress,
  SocketError,
  type SocketHandle,
  type SocketOptionValue,
  toEngineSettings,
  toListenPlace,
} from '@hp/core-native';
import type { UdpServerListener } from './listeners.js';
import { serverRules, type UdpServerSettings } from './settings.js';
import { bind, open } from './sockets.js';

/** What the constructor of a server takes: any settings. */
export type UdpServerOptions = Partial<UdpServerSettings>;

// The settings are properties too; Component.defineSettings makes them.

export interface UdpServer<TExtra = unknown> extends UdpServerSettings {
  /** Phantom: the type of a connection's extra value. */
  readonly extraType?: TExtra;
}

/**
 * Makes a connection of each address that sends it datagrams. HP-Socket: `IUdpServer`, `UdpServer`.
 *
 * @example
 * ```ts
 * const server = new UdpServer({ onReceive: (server, id, data) => void server.send(id, data) });
 * server.start('127.0.0.1', 5555);
 * ```
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- defineSettings makes what the interface declares
export class UdpServer<TExtra = unknown> extends MultiConnectionComponent<TExtra> {
  static {
    MultiConnectionComponent.defineSettings(this.prototype, serverRules);
  }

  readonly #listener: UdpServerListener<UdpServer<TExtra>>;
  #listening: number | undefined;
  #nextId = 1;
  #bound: EngineListener = {};

  /**
   * @param listener - the events; its functions are read at each start.
   * @throws HpSocketError where an option is out of its range.
   */
  constructor(listener: UdpServerListener<UdpServer<TExtra>>, options: UdpServerOptions = {}) {
    super(serverRules);
    checkListener(listener);
    checkObject(options);
    this.#listener = listener;
    this.settings.setAll(options);
  }

  /**
   * Binds and receives. HP-Socket: `Start`.
   * @param address - an IP address, `localhost`, or nothing for every address.
   * @param port - 0 to 65535; 0 lets the system choose, see `listenAddress`.
   * @throws HpSocketError for a wrong argument, while it is not stopped, and with the step that failed;
   * the server is stopped then, `onShutdown` has been called, and it may be started again.
   */
  start(address?: string, port = 0): void {
    const place = this.noting(() => toListenPlace(address, port, this.dualStack));
    this.enterStarting();
    try {
      this.#bound = this.#bind();
      const settings = toEngineSettings(this.settings);
      const engine = new Engine({ listener: this.#bound, settings, model: undefined, firstId: this.#nextId });
      this.adopt(engine);
      this.#serve(engine, place);
    } catch (error) {
      this.noteError(error);
      this.#abandonStart();
      throw error;
    }
    this.enterStarted();
  }

  /**
   * As `start`, for a name too: binds to the first address it has.
   * @throws HpSocketError as `start`, also for a name that has no address.
   */
  async startAsync(host: string, port = 0): Promise<void> {
    const address = await firstAddressOf(host, port).catch((error: unknown) => {
      this.noteError(error);
      throw error;
    });
    this.start(address, port);
  }

  /** The address and port it receives on; `undefined` while it does not. HP-Socket: `GetListenAddress`. */
  get listenAddress(): SocketAddress | undefined {
    return this.#listening === undefined ? undefined : binding.localAddress(this.#listening);
  }

  /**
   * Refused, with `NotSupported`: all connections share a socket. HP-Socket refuses it too: `PauseReceive`.
   * @returns `false`.
   */
  override pauseReceive(id: number): false {
    if (this.usable(id) === undefined) return false;
    return this.refuse(ErrorCode.NotSupported);
  }

  protected override beginStop(): void {
    this.#listening = undefined;
    this.engine?.stop(() => {
      this.#finish();
    });
  }

  #bind(): EngineListener {
    const bound = bindListener(this, this.#listener, borrows(this.settings, undefined));
    // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its listener as `this`
    const { onAccept } = this.#listener;
    if (onAccept === undefined) return bound;
    const accept = (id: number, connection: Connection): CallbackResult => {
      const remoteAddress = connection.engine.remoteAddress(connection);
      return remoteAddress && onAccept.call(this.#listener, this, id, remoteAddress);
    };
    return { ...bound, onAccept: accept };
  }

  /** One socket for each reactor; all but the first share its port. */
  #serve(engine: Engine, place: Place): void {
    const sockets: number[] = [];
    try {
      engine.links.forEach(() => sockets.push(open(engine, place, [])));
      this.#prepare(engine, sockets, place);
      const served = this.#bindAll(sockets, place);
      for (const [index, link] of engine.links.entries()) {
        const handle = served[index];
        if (handle === undefined) break;
        const step = { error: engine.datagrams.serve(link, handle), call: 'epoll_ctl' };
        checkStep(step, SocketError.SocketAttachToCp, 'The socket could not be polled', place);
        sockets.splice(sockets.indexOf(handle), 1);
      }
      this.#listening = served[0];
    } finally {
      for (const handle of sockets) binding.closeSocket(engine.native, handle);
    }
  }

  #prepare(engine: Engine, sockets: readonly number[], place: Place): void {
    if (this.#bound.onPrepareListen?.(new SocketGroup(sockets)) === HandleResult.Error) {
      throw this.failure(SocketError.SocketPrepare, 'onPrepareListen refused to go on.', place);
    }
    if (engine.isStopping) throw this.failure(SocketError.IllegalState, 'onPrepareListen called stop().');
  }

  /** Answers those that are bound: one alone where the system cannot share a port. */
  #bindAll([first = -1, ...others]: readonly number[], place: Place): number[] {
    bind(first, place);
    const port = binding.localAddress(first)?.port ?? place.port;
    // Asked for after the first is bound: who has the port already is found out.
    if (others.length === 0 || binding.sharePort(first).error !== ErrorCode.Ok) return [first];
    for (const handle of others) {
      checkStep(binding.sharePort(handle), SocketError.SocketPrepare, 'The port could not be shared', place);
      bind(handle, { ...place, port });
    }
    // What has come until now may be of peers that another socket hears from now on.
    for (const handle of [first, ...others]) binding.discardArrived(handle);
    return [first, ...others];
  }

  #abandonStart(): void {
    this.#listening = undefined;
    this.enterStopping();
    // What has come to the first of several sockets by now is told to nobody.
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

/** The sockets of one server as one: what is set is set on all of them. */
class SocketGroup extends LiveSocket implements SocketHandle {
  readonly #fds: readonly number[];

  constructor(fds: readonly number[]) {
    super(fds[0] ?? -1);
    this.#fds = fds;
  }

  override setOption(level: number, name: number, value: SocketOptionValue): void {
    for (const fd of this.#fds) new LiveSocket(fd).setOption(level, name, value);
  }
}
