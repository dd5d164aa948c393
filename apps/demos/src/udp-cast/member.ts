// SPDX-License-Identifier: Apache-2.0
import { UdpCast, type UdpClientListener } from '@hp/udp';
import type { Command } from 'commander';
import { EventLog } from '../terminal/event-log.js';
import { Terminal } from '../terminal/terminal.js';
import { runClient } from '../interactive/converse.js';
import { clientEvents } from '../interactive/shown-events.js';
import { stopOnce } from '../interactive/take-leave.js';
import { defineCommand } from '../options/command.js';
import { groupMeanings, portConflict, toGroup, toMember } from './group.js';

const EVERYBODY = '255.255.255.255';

/** `udp-cast member` */
export function defineMember(command: Command): void {
  defineCommand(command, {
    summary: 'sends what is typed to all members, and shows what they say and every other event',
    options: ['castMode', 'address', 'bind', 'port', 'ttl', 'loop', 'reuseAddress', 'threads'],
    defaults: { address: '', bind: '' },
    meanings: {
      ...groupMeanings,
      address: `the group, or where a broadcast goes; without it 233.0.0.1, or ${EVERYBODY}`,
      reuseAddress: '0: no other member on this host; 1, 2: members share the port',
    },
    conflict: portConflict,
    run: async (options, args) => {
      using terminal = new Terminal();
      const member = new UdpCast(createListener(new EventLog(terminal.print)), toMember(options));
      await runClient(member, terminal, {
        address: toGroup(options, EVERYBODY),
        port: options.port,
        bind: options.bind,
        localPort: 0,
        asyncConnect: true,
        args,
        sendUsages: ['sendc {text}', '{text}'],
      });
      await stopOnce(member, () => member.pendingDataLength === 0);
    },
  });
}

function createListener(log: EventLog): UdpClientListener<UdpCast> {
  return {
    ...clientEvents(log),
    onReceive: (member, datagram) => log.heard(member.connectionId, member.remoteAddress, datagram),
  };
}
