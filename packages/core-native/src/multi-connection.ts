// SPDX-License-Identifier: Apache-2.0
import { DISCONNECT_FLUSH } from './boundary.js';
import { Component } from './component.js';
import { ConnectionState, type Connection } from './connection.js';
import { SocketOperation } from './enums.js';
import { ErrorCode } from './errors.js';
import { checkSetting, wholeNumber, type SettingRules } from './settings.js';
import type { SocketAddress } from './socket-handle.js';

/** The longest period the sweeps accept, in milliseconds: about 24.8 days. HP-Socket stops at half of it. */
const PERIOD = wholeNumber(0, 0, 2_147_483_647);

/**
 * A component with many connections, each known by its id: what servers and agents share.
 * HP-Socket: `IComplexSocket`.
 */
export abstract class MultiConnectionComponent<TExtra = unknown> extends Component {
  protected constructor(rules: SettingRules) {
    super(rules);
  }

  /** Live connections, those still connecting and those inside their `onClose` included. HP-Socket: `GetConnectionCount`. */
  get connectionCount(): number {
    return this.engine?.connections.size ?? 0;
  }

  /** The ids of all live connections, oldest first; counted as `connectionCount`. HP-Socket: `GetAllConnectionIDs`. */
  getAllConnectionIds(): number[] {
    return this.engine?.connections.ids() ?? [];
  }

  /**
   * Sends bytes after everything sent before. All of them are queued or none; they are copied before
   * the call returns. HP-Socket: `Send`.
   * @param offset - first byte of `data` to send.
   * @param length - how many; HP-Socket does not shorten it by `offset` either.
   * @returns `true` when queued; `false` when refused, and `lastErrorCode` says why.
   */
  send(id: number, data: Uint8Array, offset = 0, length: number = data.length - offset): boolean {
    return this.engine?.send(id, data, offset, length) ?? this.notRunning();
  }

  /**
   * Sends several pieces as one: nothing else comes between them. HP-Socket: `SendPackets`.
   * @returns as `send`.
   */
  sendPackets(id: number, pieces: readonly Uint8Array[]): boolean {
    return this.engine?.sendGroup(id, pieces) ?? this.notRunning();
  }

  /**
   * Ends a connection, or calls off a connect. Its `onClose` (Close, 0) follows, never from inside the
   * call. HP-Socket: `Disconnect`.
   * @param force - `true` drops what is queued; `false` still sends it, as long as the peer takes some
   * of it every 10 seconds.
   * @returns whether there was such a connection.
   */
  disconnect(id: number, force = true): boolean {
    const connection = this.engine?.find(id);
    if (connection === undefined || connection.state >= ConnectionState.Closing) {
      return this.refuse(ErrorCode.ObjectNotFound);
    }
    const how = force ? 0 : DISCONNECT_FLUSH;
    connection.engine.close(connection, SocketOperation.Close, ErrorCode.Ok, how);
    return true;
  }

  /**
   * Ends all connections that are at least this old. One sweep, no timer: see `maxLifetimeMs` for that.
   * HP-Socket: `DisconnectLongConnections`.
   * @param periodMs - milliseconds, 0 to 2,147,483,647.
   * @param force - as for `disconnect`.
   * @returns whether the component runs.
   * @throws HpSocketError where the period is out of its range.
   */
  disconnectLongConnections(periodMs: number, force = true): boolean {
    return this.#sweep(periodMs, force, 'connectPeriod');
  }

  /**
   * Ends all connections that have received nothing for at least this long. One sweep, no timer: see
   * `idleTimeoutMs` for that. HP-Socket: `DisconnectSilenceConnections`.
   * @param periodMs - milliseconds, 0 to 2,147,483,647.
   * @param force - as for `disconnect`.
   * @returns whether the component runs and `markSilence` is on.
   * @throws HpSocketError where the period is out of its range.
   */
  disconnectSilenceConnections(periodMs: number, force = true): boolean {
    if (!this.#marksSilence()) return this.refuse(ErrorCode.InvalidState);
    return this.#sweep(periodMs, force, 'silencePeriod');
  }

  /** Milliseconds since the connection was made; `undefined` for an unknown one. HP-Socket: `GetConnectPeriod`. */
  getConnectPeriod(id: number): number | undefined {
    const connection = this.known(id);
    return connection?.engine.connectPeriod(connection);
  }

  /**
   * Milliseconds since the last receive, or since the connection was made where it has received
   * nothing; `undefined` for an unknown connection or while `markSilence` is off. HP-Socket:
   * `GetSilencePeriod`.
   */
  getSilencePeriod(id: number): number | undefined {
    const connection = this.known(id);
    return connection && this.#marksSilence() ? connection.engine.silencePeriod(connection) : undefined;
  }

  /** The own address of a connection; `undefined` unless it is usable, so inside `onClose` too. HP-Socket: `GetLocalAddress`. */
  getLocalAddress(id: number): SocketAddress | undefined {
    const connection = this.usable(id);
    return connection?.engine.localAddress(connection);
  }

  /** The peer's address, also inside `onClose`; `undefined` for an unknown connection and one that was never made. HP-Socket: `GetRemoteAddress`. */
  getRemoteAddress(id: number): SocketAddress | undefined {
    const connection = this.known(id);
    return connection?.engine.remoteAddress(connection);
  }

  /** Inside `onClose`: why, where there is more to say than `describeError` of the code does. */
  closeReason(id: number): string | undefined {
    return this.engine?.closeReasons.get(id);
  }

  /** Bytes sent here that the system has not taken yet; `undefined` for an unknown connection. HP-Socket: `GetPendingDataLength`. */
  getPendingDataLength(id: number): number | undefined {
    const connection = this.known(id);
    if (connection === undefined || connection.slot < 0) return connection && 0;
    return connection.link.pendingBytes(connection);
  }

  /**
   * Keeps a value with a connection until its `onClose` has returned. HP-Socket: `SetConnectionExtra`.
   * @returns whether there is such a connection.
   */
  setConnectionExtra(id: number, extra: TExtra): boolean {
    const connection = this.known(id);
    if (connection === undefined) return false;
    connection.extra = extra;
    return true;
  }

  /** The value kept with a connection; `undefined` where there is none. HP-Socket: `GetConnectionExtra`. */
  getConnectionExtra(id: number): TExtra | undefined {
    return this.known(id)?.extra as TExtra | undefined;
  }

  /**
   * Stops or resumes the reading of one connection. HP-Socket: `PauseReceive`.
   * @returns whether there is such a connection; asking for what already is changes nothing.
   */
  pauseReceive(id: number, pause = true): boolean {
    const connection = this.usable(id);
    connection?.engine.pauseReceive(connection, pause);
    return connection !== undefined;
  }

  /** Whether `pauseReceive` holds; `undefined` for an unknown connection. HP-Socket: `IsPauseReceive`. */
  isPauseReceive(id: number): boolean | undefined {
    return this.known(id)?.isPaused;
  }

  /** Whether the connection is usable: made, and not on its way out. HP-Socket: `IsConnected`. */
  isConnected(id: number): boolean {
    return this.engine?.find(id)?.state === ConnectionState.Open;
  }

  /** Whether more than `highWaterMarkBytes` wait to be sent: time to wait for `onDrain`. `false` for an unknown connection. */
  isCongested(id: number): boolean {
    const connection = this.usable(id);
    return connection?.engine.sending.isCongested(connection) ?? false;
  }

  /** Settles at once unless the connection is congested; then when no more than `lowWaterMarkBytes` wait to be sent, or it is closed. */
  async drained(id: number): Promise<void> {
    const connection = this.usable(id);
    await connection?.engine.sending.drained(connection);
  }

  /** The connection, as long as it is in the table; else `lastErrorCode` says so. */
  protected known(id: number): Connection | undefined {
    const connection = this.engine?.find(id);
    if (connection === undefined) this.lastErrorCode = ErrorCode.ObjectNotFound;
    return connection;
  }

  /** The connection while it is usable; else `lastErrorCode` says why not. */
  protected usable(id: number): Connection | undefined {
    if (this.engine === undefined) this.notRunning();
    return this.engine?.usable(id);
  }

  /** Notes why a call on the data path is refused. */
  protected refuse(code: ErrorCode): false {
    this.lastErrorCode = code;
    return false;
  }

  /** The refusal of every call while nothing runs. */
  protected notRunning(): false {
    return this.refuse(ErrorCode.ObjectNotFound);
  }

  #marksSilence(): boolean {
    return this.settings.get('markSilence') === true;
  }

  #sweep(periodMs: number, force: boolean, period: 'connectPeriod' | 'silencePeriod'): boolean {
    this.noting(() => {
      checkSetting('periodMs', PERIOD, periodMs);
    });
    if (this.engine === undefined) return this.notRunning();
    for (const id of this.engine.connections.idsOver(periodMs, period)) this.disconnect(id, force);
    return true;
  }
}
