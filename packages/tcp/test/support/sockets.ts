// SPDX-License-Identifier: Apache-2.0
import { Component, LiveSocket, type SocketHandle } from '@hp/core-native';

/** The socket of a connection, for a look at its options. */
export function socketOf(component: Component, id: number): SocketHandle {
  const connection = Component.engineOf(component)?.find(id);
  if (connection === undefined) throw new Error(`there is no connection ${id}`);
  return new LiveSocket(connection.link.descriptor(connection));
}
