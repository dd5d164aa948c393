// SPDX-License-Identifier: Apache-2.0
import type { SettingRules, StreamFilterParts } from '@hp/core-native';
import {
  type ClientListener,
  type ClientOptions,
  type ClientStartAsyncOptions,
  type ClientStartOptions,
  TcpClient,
} from '@hp/tcp';
import type { SslContext } from './context.js';
import { SslSessionMode } from './enums.js';
import { enterEnvironment, leaveEnvironment } from './environment.js';
import { Handshakes } from './filter.js';
import type { SslConnectionInfo } from './info.js';
import { toServerName } from './server-name.js';
import { contextRules, type SslContextProperty, sslDialRules, type SslDialSettings } from './settings.js';

/** What the constructor of a client takes: any settings, a context and a receive model. */
export interface SslClientOptions<TData = Buffer> extends ClientOptions<TData>, Partial<SslDialSettings> {
  /** Who is trusted, and the own certificate; absent: what `initializeSsl` has made. */
  readonly context?: SslContext;
}

/** What a start of a client may be given. */
export interface SslClientStartOptions extends ClientStartOptions {
  /** The name that the server is asked for and its certificate must have; default: the setting of that name. */
  readonly serverName?: string;
}

/** What `startAsync` may be given besides. */
export interface SslClientStartAsyncOptions extends ClientStartAsyncOptions {
  /** The name that the server is asked for and its certificate must have; default: the setting of that name. */
  readonly serverName?: string;
}

// The settings are properties too; Component.defineSettings makes them.

export interface SslClient<TExtra = unknown, TData = Buffer> extends SslDialSettings, SslContextProperty {
  /** Phantom: the type that `onReceive` gets. */
  readonly dataType?: TData | TExtra;
  /**
   * Begins to connect, as a client of TCP does; `onHandshake` follows `onConnect` once it can send. HP-Socket: `Start`.
   * @throws HpSocketError as for TCP; a blocking start waits for the connection, not for its handshake.
   */
  start(host: string, port: number, options?: SslClientStartOptions): void;
  /**
   * As `start`, and settles when the handshake is done or anything has failed.
   * @throws HpSocketError as for TCP; its message ends with OpenSSL's reason where the handshake failed.
   */
  startAsync(host: string, port: number, options?: SslClientStartAsyncOptions): Promise<void>;
}

/**
 * A TcpClient whose connection is encrypted. It verifies the server and its name unless its context says otherwise.
 * HP-Socket: `ITcpClient`, `SSLClient`.
 *
 * @example
 * ```ts
 * const context = new SslContext({ ca: 'our-authority.crt' });
 * const client = new SslClient({ onReceive: (client, data) => console.log(String(data)) }, { context });
 * await client.startAsync('example.com', 5555);
 * client.send(Buffer.from('hello'));
 * ```
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- defineSettings makes what the interface declares
export class SslClient<TExtra = unknown, TData = Buffer> extends TcpClient<TExtra, TData> {
  static {
    this.defineSettings(this.prototype, { ...sslDialRules, ...contextRules });
  }

  override readonly isSecure: boolean = true;
  readonly #handshakes: Handshakes = new Handshakes();

  /**
   * @param listener - the events; its functions are read at each start.
   * @param modelRules - settings that a component with a receive model of its own has besides.
   * @throws HpSocketError where an option is out of its range.
   */
  constructor(
    listener: ClientListener<SslClient<TExtra, TData>, TData>,
    options: SslClientOptions<TData> = {},
    modelRules: SettingRules = {},
  ) {
    super(listener, options, { ...sslDialRules, ...contextRules, ...modelRules });
  }

  /**
   * Begins the handshake, where `autoHandshake` is `false`. Sends are refused from now on until `onHandshake`.
   * HP-Socket: `StartSSLHandShake`.
   * @returns whether it has begun; else `lastErrorCode` says why not: `InvalidState` (not connected), `NotSupported`
   * (with `autoHandshake`) or `AlreadyInitialized` (it had begun before).
   */
  startHandshake(): boolean {
    const connection = this.usable();
    if (connection === undefined) return false;
    const refusal = this.#handshakes.begin(connection);
    return refusal === undefined || this.refuse(refusal);
  }

  /**
   * What the handshake has agreed on, inside `onClose` too; `undefined` without a connection, and before `onHandshake`.
   * HP-Socket: `GetSSLSessionInfo`.
   */
  get sslInfo(): SslConnectionInfo | undefined {
    return this.#handshakes.infoOf(this.connection);
  }

  protected override createFilter(): StreamFilterParts {
    const context = this.context ?? enterEnvironment(this, SslSessionMode.Client);
    return this.#handshakes.createFilter(context, this, false);
  }

  protected override filterHost(host: string, options: SslClientStartOptions): string {
    return toServerName(host, options.serverName ?? this.serverName);
  }

  protected override enterStopped(): void {
    leaveEnvironment(this);
    super.enterStopped();
  }
}
