// SPDX-License-Identifier: Apache-2.0
import type { SocketOperation } from '../enums.js';
import type { ErrorCode } from '../errors.js';
import type { CallbackResult, EngineListener } from '../listener.js';
import type { ReceiveModel } from '../receive-model.js';
import type { SettingStore } from '../settings.js';
import type { SocketHandle } from '../socket-handle.js';

/**
 * Events that servers and agents share. Each gets the component first, then the connection's id. They
 * run on the thread that started the component, one at a time, in order for each connection. A callback
 * returns a `HandleResult`; nothing and a promise count as `Ok`.
 */
export interface MultiConnectionListener<TOwner, TData = Buffer> {
  /** The TLS handshake is done (SSL components only). HP-Socket: `OnHandShake`. */
  onHandshake?(owner: TOwner, id: number): CallbackResult;
  /**
   * Bytes have arrived: a Buffer that is yours, or with `receiveBuffer: 'borrowed'` a shared one of which
   * `length` bytes from `offset` are valid until the callback returns. `Error` closes the connection
   * with (Receive, `lastErrorCode` or `Canceled`). HP-Socket: `OnReceive`.
   */
  onReceive?(owner: TOwner, id: number, data: TData, offset: number, length: number): CallbackResult;
  /** The system has taken `length` bytes, as they go over the wire. HP-Socket: `OnSend`. */
  onSend?(owner: TOwner, id: number, length: number): CallbackResult;
  /** A congested connection has come down to `lowWaterMarkBytes`: time to send on. */
  onDrain?(owner: TOwner, id: number): CallbackResult;
  /**
   * The connection is over; exactly once for each that got through `onAccept` or `onConnect`, and for
   * each connect that failed. An `errorCode` of 0 is an orderly end. HP-Socket: `OnClose`.
   */
  onClose?(owner: TOwner, id: number, operation: SocketOperation, errorCode: ErrorCode): CallbackResult;
  /** The component has stopped; the last of its events. HP-Socket: `OnShutdown`. */
  onShutdown?(owner: TOwner): CallbackResult;
}

/** The events that all servers have; what their `onAccept` gets differs. */
export interface CommonServerListener<TOwner, TData = Buffer> extends MultiConnectionListener<TOwner, TData> {
  /** The socket is made and about to be bound; `Error` ends the start. HP-Socket: `OnPrepareListen`. */
  onPrepareListen?(owner: TOwner, socket: SocketHandle): CallbackResult;
  /** A peer was sent away because `maxConnections` is reached. */
  onReject?(owner: TOwner): CallbackResult;
}

/** The events of an agent. HP-Socket: `ITcpAgentListener`. */
export interface AgentListener<TOwner, TData = Buffer> extends MultiConnectionListener<TOwner, TData> {
  /** A connect begins, inside `connect`; options set here hold for every address tried. HP-Socket: `OnPrepareConnect`. */
  onPrepareConnect?(owner: TOwner, id: number, socket: SocketHandle): CallbackResult;
  /** A connection is made; `Error` ends it, and no `onClose` follows. HP-Socket: `OnConnect`. */
  onConnect?(owner: TOwner, id: number): CallbackResult;
}

/** The events of a client; each gets the client. HP-Socket: `ITcpClientListener`, `IUdpClientListener`. */
export interface ClientListener<TOwner, TData = Buffer> {
  /** A connect begins, inside `start`; options set here hold for every address tried. HP-Socket: `OnPrepareConnect`. */
  onPrepareConnect?(owner: TOwner, socket: SocketHandle): CallbackResult;
  /** The connection is made; `Error` ends it, and no `onClose` follows. HP-Socket: `OnConnect`. */
  onConnect?(owner: TOwner): CallbackResult;
  /** The TLS handshake is done (SSL components only). HP-Socket: `OnHandShake`. */
  onHandshake?(owner: TOwner): CallbackResult;
  /** Bytes have arrived; as for servers. HP-Socket: `OnReceive`. */
  onReceive?(owner: TOwner, data: TData, offset: number, length: number): CallbackResult;
  /** The system has taken `length` bytes, as they go over the wire. HP-Socket: `OnSend`. */
  onSend?(owner: TOwner, length: number): CallbackResult;
  /** The congested connection has come down to `lowWaterMarkBytes`: time to send on. */
  onDrain?(owner: TOwner): CallbackResult;
  /**
   * The connection is over, or could not be made; exactly once for each that got through `onConnect`,
   * and for each connect that failed. The client is not yet stopped: await `stop()` or `wait()` to start
   * it again. An `errorCode` of 0 is an orderly end. HP-Socket: `OnClose`.
   */
  onClose?(owner: TOwner, operation: SocketOperation, errorCode: ErrorCode): CallbackResult;
}

/* eslint-disable @typescript-eslint/unbound-method -- listener functions are read once and called with their listener as `this` */

type AnyListener<TOwner> = CommonServerListener<TOwner, never> & AgentListener<TOwner, never>;

/**
 * A server's or agent's listener in the engine's shape; what only the role knows, such as `onAccept`, it
 * adds itself. The functions are read here, once.
 * @param borrowed - see `borrows`.
 */
export function bindListener<TOwner>(
  owner: TOwner,
  listener: CommonServerListener<TOwner, never> | AgentListener<TOwner, never>,
  borrowed: boolean,
): EngineListener {
  const from: AnyListener<TOwner> = listener;
  const { onPrepareListen, onPrepareConnect, onConnect, onHandshake, onReceive } = from;
  const { onSend, onDrain, onClose, onShutdown, onReject } = from;
  return {
    onPrepareListen: onPrepareListen && ((socket) => onPrepareListen.call(from, owner, socket)),
    onPrepareConnect: onPrepareConnect && ((id, socket) => onPrepareConnect.call(from, owner, id, socket)),
    onConnect: onConnect && ((id) => onConnect.call(from, owner, id)),
    onHandshake: onHandshake && ((id) => onHandshake.call(from, owner, id)),
    onReceive:
      onReceive && !borrowed
        ? (id, data) => onReceive.call(from, owner, id, data as never, 0, data.length)
        : undefined,
    onReceiveBorrowed:
      onReceive && borrowed
        ? (id, buffer, offset, length) => onReceive.call(from, owner, id, buffer as never, offset, length)
        : undefined,
    onSend: onSend && ((id, length) => onSend.call(from, owner, id, length)),
    onDrain: onDrain && ((id) => onDrain.call(from, owner, id)),
    onClose: onClose && ((id, operation, code) => onClose.call(from, owner, id, operation, code)),
    onShutdown: onShutdown && (() => onShutdown.call(from, owner)),
    onReject: onReject && (() => onReject.call(from, owner)),
  };
}

/** Whether `onReceive` borrows what it gets: it is asked for, and the receive model can do it. */
export function borrows(
  settings: SettingStore,
  model: Pick<ReceiveModel<never>, 'lends'> | undefined,
): boolean {
  return settings.get('receiveBuffer') === 'borrowed' && (model === undefined || model.lends === true);
}

/** A client's listener in the shape that has ids. */
export function withoutIds<TOwner>(from: ClientListener<TOwner, never>): AgentListener<TOwner, never> {
  const { onPrepareConnect, onConnect, onHandshake, onReceive, onSend, onDrain, onClose } = from;
  const listener: AgentListener<TOwner, never> = {};
  if (onPrepareConnect) {
    listener.onPrepareConnect = (owner, _id, socket) => onPrepareConnect.call(from, owner, socket);
  }
  if (onConnect) listener.onConnect = (owner) => onConnect.call(from, owner);
  if (onHandshake) listener.onHandshake = (owner) => onHandshake.call(from, owner);
  if (onReceive) {
    listener.onReceive = (owner, _id, data, offset, length) =>
      onReceive.call(from, owner, data, offset, length);
  }
  if (onSend) listener.onSend = (owner, _id, length) => onSend.call(from, owner, length);
  if (onDrain) listener.onDrain = (owner) => onDrain.call(from, owner);
  if (onClose) listener.onClose = (owner, _id, operation, code) => onClose.call(from, owner, operation, code);
  return listener;
}

/* eslint-enable @typescript-eslint/unbound-method -- end of the functions that read listeners */
