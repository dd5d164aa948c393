// SPDX-License-Identifier: Apache-2.0
import { Component } from './component.js';
import { ConnectionState, DialledConnection, type Connection } from './connection.js';
import { SocketOperation } from './enums.js';
import { ErrorCode } from './errors.js';
import { type SettingRules } from './settings.js';
import type { SocketAddress } from './socket-handle.js';

/** A component with one connection. HP-Socket: `IClient`. */
export abstract class SingleConnectionComponent<TExtra = unknown> extends Component {
  /** A value of the application's; it survives reconnects. HP-Socket: `SetExtra`, `GetExtra`. */
  extra: TExtra | undefined = undefined;
  /** The running connection. */
  protected connection: Connection | undefined;

  protected constructor(rules: SettingRules) {
    super(rules);
  }

  /** The number of the running or last connection, new at every start; 0 before the first. HP-Socket: `GetConnectionID`. */
  get connectionId(): number {
    return this.lastConnectionId;
  }

  /** Whether the connection is usable. HP-Socket: `IsConnected`. */
  get isConnected(): boolean {
    return this.connection?.state === ConnectionState.Open;
  }

  /**
   * Sends bytes after everything sent before. All of them are queued or none; they are copied before
   * the call returns. HP-Socket: `Send`.
   * @param offset - first byte of `data` to send.
   * @param length - how many; HP-Socket does not shorten it by `offset` either.
   * @returns `true` when queued; `false` when refused, and `lastErrorCode` says why.
   */
  send(data: Uint8Array, offset = 0, length: number = data.length - offset): boolean {
    const connection = this.usable();
    return connection?.engine.send(connection.id, data, offset, length) ?? false;
  }

  /**
   * Sends several pieces as one: nothing else comes between them. HP-Socket: `SendPackets`.
   * @returns as `send`.
   */
  sendPackets(pieces: readonly Uint8Array[]): boolean {
    const connection = this.usable();
    return connection?.engine.sendGroup(connection.id, pieces) ?? false;
  }

  /** The own address; `undefined` while there is no connection. HP-Socket: `GetLocalAddress`. */
  get localAddress(): SocketAddress | undefined {
    return this.connection?.engine.localAddress(this.connection);
  }

  /** The peer's address, also inside `onClose`; `undefined` while there is no connection. HP-Socket: `GetRemoteAddress`. */
  get remoteAddress(): SocketAddress | undefined {
    return this.connection?.engine.remoteAddress(this.connection);
  }

  /** What was given to `start`: host and port; `undefined` while the client is stopped. HP-Socket: `GetRemoteHost`. */
  get remoteHost(): { readonly host: string; readonly port: number } | undefined {
    return this.connection instanceof DialledConnection ? this.connection.remoteHost : undefined;
  }

  /** Inside `onClose`: why, where there is more to say than `describeError` of the code does. */
  get closeReason(): string | undefined {
    return this.connection && this.engine?.closeReasons.get(this.connection.id);
  }

  /** Bytes sent here that the system has not taken yet; 0 without a connection. HP-Socket: `GetPendingDataLength`. */
  get pendingDataLength(): number {
    const { connection } = this;
    if (connection === undefined || connection.slot < 0) return 0;
    return connection.link.pendingBytes(connection);
  }

  /**
   * Stops or resumes reading. HP-Socket: `PauseReceive`.
   * @returns whether there is a connection; asking for what already is changes nothing.
   */
  pauseReceive(pause = true): boolean {
    const connection = this.usable();
    connection?.engine.pauseReceive(connection, pause);
    return connection !== undefined;
  }

  /** Whether `pauseReceive` holds. HP-Socket: `IsPauseReceive`. */
  get isPauseReceive(): boolean {
    return this.connection?.isPaused ?? false;
  }

  /** Whether more than `highWaterMarkBytes` wait to be sent: time to wait for `onDrain`. `false` without a connection. */
  get isCongested(): boolean {
    const connection = this.usable();
    return connection?.engine.sending.isCongested(connection) ?? false;
  }

  /** Settles at once unless the connection is congested; then when no more than `lowWaterMarkBytes` wait to be sent, or it is closed. */
  async drained(): Promise<void> {
    const connection = this.usable();
    await connection?.engine.sending.drained(connection);
  }

  /** What `connectionId` gives. */
  protected lastConnectionId = 0;

  protected override beginStop(): void {
    const { connection } = this;
    if (connection !== undefined && connection.state < ConnectionState.Closing) {
      connection.engine.close(connection, SocketOperation.Close, ErrorCode.Ok);
    }
  }

  /** The connection while it is usable; else `lastErrorCode` says that it is not. */
  protected usable(): Connection | undefined {
    if (this.isConnected) return this.connection;
    this.lastErrorCode = ErrorCode.InvalidState;
    return undefined;
  }

  /** Notes why a call on the data path is refused. */
  protected refuse(code: ErrorCode): false {
    this.lastErrorCode = code;
    return false;
  }
}
