// SPDX-License-Identifier: Apache-2.0
import {
  bindListener,
  type CallbackResult,
  type EngineListener,
  type ErrorCode,
  type CommonServerListener,
  LiveSocket,
  type SocketHandle,
} from '@hp/core-native';

/** The events of a server. HP-Socket: `ITcpServerListener`. */
export interface ServerListener<TOwner, TData = Buffer> extends CommonServerListener<TOwner, TData> {
  /** A connection is accepted; `Error` ends it, and no `onClose` follows. HP-Socket: `OnAccept`. */
  onAccept?(owner: TOwner, id: number, socket: SocketHandle): CallbackResult;
  /** Accepting rests for 100 ms because descriptors ran out: `errorCode` is EMFILE or ENFILE. */
  onAcceptPause?(owner: TOwner, errorCode: ErrorCode): CallbackResult;
}

/** A server's listener in the engine's shape. Its functions are read here, once. */
export function bindServerListener<TOwner>(
  owner: TOwner,
  listener: ServerListener<TOwner, never>,
  borrowed: boolean,
): EngineListener {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with their listener as `this`
  const { onAccept, onAcceptPause } = listener;
  return {
    ...bindListener(owner, listener, borrowed),
    onAccept:
      onAccept &&
      ((id, connection) => {
        const socket = new LiveSocket(connection.link.descriptor(connection));
        return onAccept.call(listener, owner, id, socket);
      }),
    onAcceptPause: onAcceptPause && ((code) => onAcceptPause.call(listener, owner, code)),
  };
}
