// SPDX-License-Identifier: Apache-2.0
import { Component, LiveSocket, type SocketHandle } from '@hp/core-native';

type OptionName =
  | 'reuseAddress'
  | 'keepAlive'
  | 'linger'
  | 'reusePort'
  | 'bindToDevice'
  | 'typeOfService'
  | 'noDelay'
  | 'keepAliveIdle'
  | 'keepAliveInterval'
  | 'keepAliveCount'
  | 'synCount'
  | 'congestion'
  | 'info'
  | 'unsentLimit'
  | 'onlyIPv6';

/** Numbers of socket options on Linux: level and name. */
export const option: Readonly<Record<OptionName, readonly [level: number, name: number]>> = {
  reuseAddress: [1, 2],
  keepAlive: [1, 9],
  linger: [1, 13],
  reusePort: [1, 15],
  bindToDevice: [1, 25],
  typeOfService: [0, 1],
  noDelay: [6, 1],
  keepAliveIdle: [6, 4],
  keepAliveInterval: [6, 5],
  keepAliveCount: [6, 6],
  synCount: [6, 7],
  congestion: [6, 13],
  info: [6, 11],
  unsentLimit: [6, 25],
  onlyIPv6: [41, 26],
};

/** The socket of a connection, for a look at its options. */
export function socketOf(component: Component, id: number): SocketHandle {
  const connection = Component.engineOf(component)?.find(id);
  if (connection === undefined) throw new Error(`there is no connection ${id}`);
  return new LiveSocket(connection.link.descriptor(connection));
}
