// SPDX-License-Identifier: Apache-2.0
import type { MultiConnectionComponent, SingleConnectionComponent } from '@hp/core-native';
import type { SocketAddress } from '@hp/tcp';

/** The connections of a component, each by its id, whether it can have many or one. */
export interface ConnectionAccess {
  count(): number;
  /** Some of the ids, oldest first. */
  ids(offset?: number, limit?: number): readonly number[];
  isConnected(id: number): boolean;
  isPaused(id: number): boolean;
  localAddress(id: number): SocketAddress | undefined;
  remoteAddress(id: number): SocketAddress | undefined;
  pendingBytes(id: number): number;
  closeReason(id: number): string | undefined;
  /** The rest return whether it was done; else the component's `lastErrorCode` says why not. */
  send(id: number, data: Uint8Array): boolean;
  pause(id: number, isPaused: boolean): boolean;
  disconnect(id: number): boolean;
}

/** Those of a server or an agent. */
export function manyConnections(component: MultiConnectionComponent): ConnectionAccess {
  return {
    count: () => component.connectionCount,
    ids: (offset = 0, limit = Infinity) => component.getAllConnectionIds().slice(offset, offset + limit),
    isConnected: (id) => component.isConnected(id),
    isPaused: (id) => component.isPauseReceive(id) ?? false,
    localAddress: (id) => component.getLocalAddress(id),
    remoteAddress: (id) => component.getRemoteAddress(id),
    pendingBytes: (id) => component.getPendingDataLength(id) ?? 0,
    closeReason: (id) => component.closeReason(id),
    send: (id, data) => component.send(id, data),
    pause: (id, isPaused) => component.pauseReceive(id, isPaused),
    disconnect: (id) => component.disconnect(id),
  };
}

/** That of a client: it ends with the client, and an id that is no longer its own is refused. */
export function oneConnection(component: SingleConnectionComponent): ConnectionAccess {
  const isIt = (id: number): boolean => component.hasStarted && id === component.connectionId;
  return {
    count: () => Number(component.hasStarted),
    ids: (offset = 0, limit = Infinity) =>
      component.hasStarted ? [component.connectionId].slice(offset, offset + limit) : [],
    isConnected: (id) => isIt(id) && component.isConnected,
    isPaused: (id) => isIt(id) && component.isPauseReceive,
    localAddress: () => component.localAddress,
    remoteAddress: () => component.remoteAddress,
    pendingBytes: () => component.pendingDataLength,
    closeReason: () => component.closeReason,
    send: (id, data) => isIt(id) && component.send(data),
    pause: (id, isPaused) => isIt(id) && component.pauseReceive(isPaused),
    disconnect: (id) => {
      if (!isIt(id)) return false;
      void component.stop();
      return true;
    },
  };
}
