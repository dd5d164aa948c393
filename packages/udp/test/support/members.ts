// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { Component, LiveSocket, type SocketHandle } from '@hp/core-native';
import { closedDatagramPort, EventLog } from '@hp/testkit';
import { type SocketAddress, UdpCast, type UdpCastOptions, type UdpClientListener } from '@hp/udp';
import { clientListener } from './client-log.js';

/** A group of this host alone. */
export const GROUP = '239.255.77.7';

/** A member of a group, what it has told, and what it has received from whom. */
export interface Member extends AsyncDisposable {
  readonly member: UdpCast;
  readonly log: EventLog;
  readonly received: { readonly from: SocketAddress | undefined; readonly text: string }[];
}

/** Makes a member that notes its events; stopped by `await using`. */
export function makeMember(options: UdpCastOptions, hooks: UdpClientListener<UdpCast> = {}): Member {
  const log = new EventLog();
  const received: Member['received'] = [];
  const listener = clientListener<UdpCast>(log, {
    ...hooks,
    onReceive(member, data, offset, length) {
      const text = String(data.subarray(offset, offset + length));
      received.push({ from: member.remoteAddress, text });
      return hooks.onReceive?.(member, data, offset, length);
    },
  });
  const member = new UdpCast(listener, options);
  return { member, log, received, [Symbol.asyncDispose]: () => member.stop() };
}

/** Members of `GROUP` on addresses of loopback, and the port they share. */
export interface Members extends AsyncDisposable {
  readonly members: readonly Member[];
  readonly port: number;
}

export async function startMembers(
  localAddresses: readonly string[],
  options: UdpCastOptions,
  hooks: UdpClientListener<UdpCast> = {},
): Promise<Members> {
  const port = await closedDatagramPort();
  const members = localAddresses.map((localAddress) => {
    const made = makeMember({ multiCastLoop: true, ...options }, hooks);
    made.member.start(GROUP, port, { localAddress });
    return made;
  });
  return {
    members,
    port,
    async [Symbol.asyncDispose]() {
      await Promise.all(members.map(({ member }) => member.stop()));
    },
  };
}

/** The socket of a member, for a look at its options. */
export function socketOf(member: UdpCast): SocketHandle {
  const engine = Component.engineOf(member);
  const link = engine?.links[0];
  const handle = link && engine.datagrams.of(link);
  if (handle === undefined) throw new Error('the member does not run');
  return new LiveSocket(handle);
}

/** Whether somebody on this host is a member of a group of IPv4. Linux alone. */
export function isJoined(group: string): boolean {
  // As a number in the byte order of the machine.
  const bytes = group.split('.').map(Number).reverse();
  const entry = Buffer.from(bytes).toString('hex').toUpperCase();
  return readFileSync('/proc/net/igmp', 'utf8').includes(`\t${entry} `);
}
