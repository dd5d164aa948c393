// SPDX-License-Identifier: Apache-2.0
import type { SettingRules, StreamFilterParts } from '@hp/core-native';
import {
  type AgentListener,
  type AgentOptions,
  type ConnectAsyncOptions,
  type ConnectOptions,
  TcpAgent,
} from '@hp/tcp';
import type { SslContext } from './context.js';
import { SslSessionMode } from './enums.js';
import { enterEnvironment, leaveEnvironment } from './environment.js';
import { Handshakes } from './filter.js';
import type { SslConnectionInfo } from './info.js';
import { toServerName } from './server-name.js';
import { contextRules, type SslContextProperty, sslDialRules, type SslDialSettings } from './settings.js';

/** What the constructor of an agent takes: any settings, a context and a receive model. */
export interface SslAgentOptions<TData = Buffer> extends AgentOptions<TData>, Partial<SslDialSettings> {
  /** Who is trusted, and the own certificate; absent: what `initializeSsl` has made. */
  readonly context?: SslContext;
}

/** What a single connect may be given. */
export interface SslConnectOptions<TExtra = unknown> extends ConnectOptions<TExtra> {
  /** The name that the server is asked for and its certificate must have; default: the setting of that name. */
  readonly serverName?: string;
}

/** What `connectAsync` may be given besides. */
export interface SslConnectAsyncOptions<TExtra = unknown> extends ConnectAsyncOptions<TExtra> {
  /** The name that the server is asked for and its certificate must have; default: the setting of that name. */
  readonly serverName?: string;
}

// The settings are properties too; Component.defineSettings makes them.

export interface SslAgent<TExtra = unknown, TData = Buffer> extends SslDialSettings, SslContextProperty {
  /** Phantom: the type that `onReceive` gets. */
  readonly dataType?: TData | TExtra;
  /**
   * Begins to connect, as an agent of TCP does; `onHandshake` follows `onConnect` once the connection can be sent on.
   * HP-Socket: `Connect`.
   * @returns the id of the connection.
   * @throws HpSocketError as for TCP; a blocking connect waits for the connection, not for its handshake.
   */
  connect(host: string, port: number, options?: SslConnectOptions<TExtra>): number;
  /**
   * As `connect`, and settles when the handshake is done or anything has failed.
   * @returns the id of the connection.
   * @throws HpSocketError as for TCP; its message ends with OpenSSL's reason where the handshake failed.
   */
  connectAsync(host: string, port: number, options?: SslConnectAsyncOptions<TExtra>): Promise<number>;
}

/**
 * A TcpAgent whose connections are encrypted. It verifies servers and their names unless its context says otherwise.
 * HP-Socket: `ITcpAgent`, `SSLAgent`.
 *
 * @example
 * ```ts
 * const context = new SslContext({ ca: 'our-authority.crt' });
 * const agent = new SslAgent({ onHandshake: (agent, id) => void agent.send(id, Buffer.from('hello')) }, { context });
 * agent.start();
 * agent.connect('example.com', 5555);
 * ```
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- defineSettings makes what the interface declares
export class SslAgent<TExtra = unknown, TData = Buffer> extends TcpAgent<TExtra, TData> {
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
    listener: AgentListener<SslAgent<TExtra, TData>, TData>,
    options: SslAgentOptions<TData> = {},
    modelRules: SettingRules = {},
  ) {
    super(listener, options, { ...sslDialRules, ...contextRules, ...modelRules });
  }

  /**
   * Begins the handshake of a connection, where `autoHandshake` is `false`. Sends are refused from now on until
   * `onHandshake`. HP-Socket: `StartSSLHandShake`.
   * @returns whether it has begun; else `lastErrorCode` says why not: `ObjectNotFound`, `InvalidState` (not connected
   * yet), `NotSupported` (with `autoHandshake`) or `AlreadyInitialized` (it had begun before).
   */
  startHandshake(id: number): boolean {
    const connection = this.usable(id);
    if (connection === undefined) return false;
    const refusal = this.#handshakes.begin(connection);
    return refusal === undefined || this.refuse(refusal);
  }

  /**
   * What the handshake of a connection has agreed on, inside `onClose` too; `undefined` for an unknown connection, and
   * before `onHandshake`. HP-Socket: `GetSSLSessionInfo`.
   */
  getSslInfo(id: number): SslConnectionInfo | undefined {
    return this.#handshakes.infoOf(this.known(id));
  }

  protected override createFilter(): StreamFilterParts {
    const context = this.context ?? enterEnvironment(this, SslSessionMode.Client);
    return this.#handshakes.createFilter(context, this, false);
  }

  protected override filterHost(host: string, options: SslConnectOptions): string {
    return toServerName(host, options.serverName ?? this.serverName);
  }

  protected override enterStopped(): void {
    leaveEnvironment(this);
    super.enterStopped();
  }
}
