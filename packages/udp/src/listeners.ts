// SPDX-License-Identifier: Apache-2.0
import type { CallbackResult, ClientListener, CommonServerListener, SocketAddress } from '@hp/core-native';

/** The events of a UDP server; each `onReceive` brings one datagram. HP-Socket: `IUdpServerListener`. */
export interface UdpServerListener<TOwner> extends Omit<CommonServerListener<TOwner>, 'onHandshake'> {
  /**
   * Somebody new has sent a datagram, which follows. `Error` refuses it: what has come is dropped, no
   * `onClose` follows, and the next datagram from there asks again. HP-Socket: `OnAccept`.
   */
  onAccept?(owner: TOwner, id: number, remoteAddress: SocketAddress): CallbackResult;
  /** Strangers were refused because `maxConnections` is reached; told once for those that came together. */
  onReject?(owner: TOwner): CallbackResult;
}

/** The events of a UDP client, and of a member of a group. HP-Socket: `IUdpClientListener`, `IUdpCastListener`. */
export type UdpClientListener<TOwner> = Omit<ClientListener<TOwner>, 'onHandshake'>;
