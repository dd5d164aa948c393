// SPDX-License-Identifier: Apache-2.0
import {
  type Connection,
  ConnectionState,
  ErrorCode,
  HpSocketError,
  reportLater,
  SocketError,
  type StreamFilterParts,
} from '@hp/core-native';
import { FilterCommand, FilterEvent, ServerNameAnswer } from './binding.js';
import { type ContextParts, isContext, partsOf, serveClients, type SslContext } from './context.js';
import type { SslServerNameAnswer } from './context-options.js';
import { SslConnectionInfo } from './info.js';
import { binding } from './load-binding.js';
import type { SslSettings } from './settings.js';

const NOTHING: Uint8Array = new Uint8Array(0);
/** In the place of what the handshake will agree on. */
const BEGUN = '';

/** A callback's answer as the filter takes it. */
function toId(answer: SslServerNameAnswer): number {
  if (answer === undefined) return ServerNameAnswer.Default;
  if (answer === false) return ServerNameAnswer.Refuse;
  if (isContext(answer)) return binding.contextId(partsOf(answer).native);
  throw new HpSocketError(
    SocketError.InvalidParam,
    `onServerName must answer an SslContext, undefined or false; it answered ${String(answer)}.`,
  );
}

/** The handshakes of one component: the filter that makes them, and what they have agreed on. */
export class Handshakes {
  /**
   * For each connection that got so far: `BEGUN`; the context that answers its server name, so that it lives until it
   * has been used; or what its handshake agreed on. That is a string of one byte for each, for it takes a fifth of the
   * memory of a Buffer, and ten thousand connections have one each. A connection that is dropped takes it along.
   */
  readonly #known: WeakMap<Connection, string | SslContext> = new WeakMap();
  /** Whether each connection begins with its handshake. */
  #isAutomatic = true;

  /** The filter for a start. */
  createFilter(context: SslContext, settings: Readonly<SslSettings>, isServer: boolean): StreamFilterParts {
    const parts = partsOf(context);
    if (!isServer) serveClients(parts);
    const { autoHandshake, handshakeTimeoutMs } = settings;
    this.#isAutomatic = autoHandshake;
    return {
      native: binding.createFilter(parts.native, {
        autoHandshake,
        handshakeTimeoutMs,
        asksServerName: isServer && parts.options.onServerName !== undefined,
        checksHost: !isServer,
      }),
      startsPlain: !autoHandshake,
      onEvent: (connection, code, data) => {
        this.#told(parts, connection, code, data);
      },
    };
  }

  /** Begins the handshake of a connection that is plain so far; else why not. */
  begin(connection: Connection): ErrorCode | undefined {
    if (this.#isAutomatic) return ErrorCode.NotSupported;
    if (this.#known.has(connection)) return ErrorCode.AlreadyInitialized;
    this.#known.set(connection, BEGUN);
    // What is sent from now on is for the peer's TLS alone: it has to wait for the handshake.
    connection.isReady = false;
    connection.link.commands.filter(connection, FilterCommand.StartHandshake, NOTHING);
    return undefined;
  }

  /** What the handshake of a connection has agreed on; `undefined` before it is done, and of none. */
  infoOf(connection: Connection | undefined): SslConnectionInfo | undefined {
    const told = connection && this.#known.get(connection);
    if (typeof told !== 'string' || told === BEGUN) return undefined;
    return new SslConnectionInfo(Buffer.from(told, 'latin1'));
  }

  #told(parts: ContextParts, connection: Connection, code: number, data: Buffer): void {
    switch (code) {
      case FilterEvent.ConnectionInfo:
        this.#known.set(connection, data.toString('latin1'));
        return;
      case FilterEvent.Failure:
        // What was ended from here has no other reason.
        if (connection.state === ConnectionState.Open) {
          connection.engine.closeReasons.set(connection.id, data.toString());
        }
        return;
      case FilterEvent.ServerName:
        this.#ask(parts, connection, data.toString());
    }
  }

  #ask({ options }: ContextParts, connection: Connection, name: string): void {
    const { onServerName } = options;
    const ask = (): SslServerNameAnswer | Promise<SslServerNameAnswer> => onServerName?.(name);
    try {
      const answer = connection.context === undefined ? ask() : connection.context(ask);
      if (answer instanceof Promise) {
        answer.then(
          (later) => this.#answer(connection, later),
          (error: unknown) => this.#refuse(connection, error),
        );
      } else {
        this.#answer(connection, answer);
      }
    } catch (error) {
      this.#refuse(connection, error);
    }
  }

  #answer(connection: Connection, answer: SslServerNameAnswer): void {
    let id: number = ServerNameAnswer.Refuse;
    try {
      id = toId(answer);
    } catch (error) {
      reportLater(error);
    }
    // Its time may have run out meanwhile.
    if (connection.state !== ConnectionState.Open) return;
    if (isContext(answer)) this.#known.set(connection, answer);
    const data = Buffer.allocUnsafe(4);
    data.writeUInt32LE(id);
    connection.link.commands.filter(connection, FilterCommand.ServerName, data);
  }

  #refuse(connection: Connection, error: unknown): void {
    reportLater(error);
    this.#answer(connection, false);
  }
}
