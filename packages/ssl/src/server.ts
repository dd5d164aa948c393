// SPDX-License-Identifier: Apache-2.0
import { type SettingRules, SocketError, type StreamFilterParts } from '@hp/core-native';
import { type ServerListener, type ServerOptions, TcpServer } from '@hp/tcp';
import { partsOf, type SslContext } from './context.js';
import { SslSessionMode } from './enums.js';
import { enterEnvironment, leaveEnvironment } from './environment.js';
import { Handshakes } from './filter.js';
import type { SslConnectionInfo } from './info.js';
import { contextRules, type SslContextProperty, sslRules, type SslSettings } from './settings.js';

/** What the constructor of a server takes: any settings, a context and a receive model. */
export interface SslServerOptions<TData = Buffer> extends ServerOptions<TData>, Partial<SslSettings> {
  /** Certificate, key and who is trusted; absent: what `initializeSsl` has made. */
  readonly context?: SslContext;
}

// The settings are properties too; Component.defineSettings makes them.

export interface SslServer<TExtra = unknown, TData = Buffer> extends SslSettings, SslContextProperty {
  /** Phantom: the type that `onReceive` gets. */
  readonly dataType?: TData | TExtra;
}

/**
 * A TcpServer whose connections are encrypted; its context needs a certificate. HP-Socket: `ITcpServer`, `SSLServer`.
 *
 * @example
 * ```ts
 * const context = new SslContext({ cert: 'server.crt', key: 'server.key' });
 * const server = new SslServer({ onReceive: (server, id, data) => void server.send(id, data) }, { context });
 * server.start('127.0.0.1', 5555);
 * ```
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- defineSettings makes what the interface declares
export class SslServer<TExtra = unknown, TData = Buffer> extends TcpServer<TExtra, TData> {
  static {
    this.defineSettings(this.prototype, { ...sslRules, ...contextRules });
  }

  override readonly isSecure: boolean = true;
  readonly #handshakes: Handshakes = new Handshakes();

  /**
   * @param listener - the events; its functions are read at each start.
   * @param modelRules - settings that a component with a receive model of its own has besides.
   * @throws HpSocketError where an option is out of its range.
   */
  constructor(
    listener: ServerListener<SslServer<TExtra, TData>, TData>,
    options: SslServerOptions<TData> = {},
    modelRules: SettingRules = {},
  ) {
    super(listener, options, { ...sslRules, ...contextRules, ...modelRules });
  }

  /**
   * Begins the handshake of a connection, where `autoHandshake` is `false`. Sends are refused from now on until
   * `onHandshake`. HP-Socket: `StartSSLHandShake`.
   * @returns whether it has begun; else `lastErrorCode` says why not: `ObjectNotFound`, `NotSupported` (with
   * `autoHandshake`) or `AlreadyInitialized` (it had begun before).
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
    const context = this.context ?? enterEnvironment(this, SslSessionMode.Server);
    const { cert, onServerName, serverNames = {} } = partsOf(context).options;
    if (cert === undefined && onServerName === undefined && Object.keys(serverNames).length === 0) {
      throw this.failure(
        SocketError.SslEnvNotReady,
        'The context of a server needs a certificate; give it cert and key.',
      );
    }
    return this.#handshakes.createFilter(context, this, true);
  }

  protected override enterStopped(): void {
    leaveEnvironment(this);
    super.enterStopped();
  }
}
