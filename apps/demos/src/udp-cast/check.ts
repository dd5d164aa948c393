// SPDX-License-Identifier: Apache-2.0
import { setTimeout } from 'node:timers/promises';
import { type CastMode, UdpCast, type UdpClientListener, UdpServer } from '@hp/udp';
import type { Command } from 'commander';
import { EventLog } from '../terminal/event-log.js';
import { endpoint } from '../terminal/text.js';
import { clientEvents } from '../interactive/shown-events.js';
import { defineCommand } from '../options/command.js';
import { Attendance } from './attendance.js';
import { groupMeanings, toGroup, toMember } from './group.js';

const EVERYBODY_HERE = '127.255.255.255';
const PATIENCE_MS = 3000;

/** Where the members meet. */
interface Meeting {
  readonly castMode: CastMode;
  readonly group: string;
  readonly port: number;
  /** The own address of each; empty: any. */
  readonly bind: string;
}

/** `udp-cast check` */
export function defineCheck(command: Command): void {
  defineCommand(command, {
    summary: 'two members in this process, who check that they hear each other, and from whom',
    options: ['castMode', 'address', 'bind', 'port'],
    defaults: { address: '', bind: '127.0.0.1' },
    meanings: {
      ...groupMeanings,
      address: `the group, or where a broadcast goes; without it 233.0.0.1, or ${EVERYBODY_HERE}`,
      port: `${groupMeanings.port}; 0: any that is free`,
    },
    run: async (options) => {
      const { castMode, bind } = options;
      const port = options.port === 0 ? await freePort() : options.port;
      const group = toGroup(options, EVERYBODY_HERE);
      console.log(`two members of ${endpoint({ address: group, port })} on ${bind || 'any own address'}`);
      await meet({ castMode, group, port, bind });
      console.log('PASSED: every member has heard every member, and who said it');
    },
  });
}

async function freePort(): Promise<number> {
  await using server = new UdpServer({});
  server.start();
  return server.listenAddress?.port ?? 0;
}

/** Each member says something, and waits until it has heard what all have said, itself included. */
async function meet(meeting: Meeting): Promise<void> {
  const { group, port, bind } = meeting;
  const attendance = new Attendance(meeting);
  const members = attendance.texts.map((text, index) => ({
    text,
    cast: new UdpCast(createListener(attendance, index), toMember(meeting)),
  }));
  try {
    for (const { cast } of members) cast.start(group, port, { localAddress: bind });
    for (const { cast, text } of members) cast.send(Buffer.from(text));
    await Promise.race([attendance.complete, setTimeout(PATIENCE_MS, undefined, { ref: false })]);
  } finally {
    await Promise.all(members.map(({ cast }) => cast.stop()));
  }
  attendance.judge();
}

/** The listener of one member: shows its events, and notes what it hears. */
function createListener(attendance: Attendance, index: number): UdpClientListener<UdpCast> {
  const log = new EventLog((line) => console.log(line));
  return {
    ...clientEvents(log),
    onReceive: ({ connectionId, remoteAddress }, datagram) => {
      log.heard(connectionId, remoteAddress, datagram);
      attendance.take(index, String(datagram), remoteAddress);
    },
    onClose: ({ connectionId }, operation, errorCode) => {
      log.closed(connectionId, operation, errorCode);
      attendance.leave(operation, errorCode);
    },
  };
}
