// SPDX-License-Identifier: Apache-2.0
import {
  checkModel,
  checkObject,
  type ClientListener,
  type Dial,
  type DialledConnection,
  type Engine,
  type ReceiveModel,
  type SettingRules,
  StreamClient,
} from '@hp/core-native';
import { dialAsync, dialBlocking } from './dial.js';
import { clientRules, type ClientSettings } from './settings.js';

export type { ClientStartAsyncOptions, ClientStartOptions } from '@hp/core-native';

/** What the constructor of a client takes: any settings, and a receive model. */
export interface ClientOptions<TData = Buffer> extends Partial<ClientSettings> {
  /** How bytes become what `onReceive` gets; absent: PUSH, as they come. */
  readonly model?: ReceiveModel<TData>;
}

// The settings are properties too; Component.defineSettings makes them.

export interface TcpClient<TExtra = unknown, TData = Buffer> extends ClientSettings {
  /** Phantom: the type that `onReceive` gets. */
  readonly dataType?: TData | TExtra;
}

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
export class TcpClient<TExtra = unknown, TData = Buffer> extends StreamClient<TExtra> {
  static {
    StreamClient.defineSettings(this.prototype, clientRules);
  }

  readonly #model: ReceiveModel<TData> | undefined;

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
    super({ ...clientRules, ...modelRules }, listener);
    checkObject(options);
    const { model, ...settings } = options;
    checkModel(model);
    this.#model = model;
    this.settings.setAll(settings);
  }

  /** The receive model of a start; components with settings for one make it anew. */
  protected override createModel(): ReceiveModel<TData> | undefined {
    return this.#model;
  }

  protected override dialAsync(engine: Engine, connection: DialledConnection, dial: Dial): void {
    dialAsync(engine, connection, dial);
  }

  protected override dialBlocking(engine: Engine, connection: DialledConnection, dial: Dial): void {
    dialBlocking(engine, connection, dial);
  }
}
