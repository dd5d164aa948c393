// SPDX-License-Identifier: Apache-2.0
import type { Demo } from '../demo.js';
import { defineCheck } from './check.js';
import { defineMember } from './member.js';

/** TestUDPCast: members of a group, who hear each other. */
export const udpCast: Demo = {
  name: 'udp-cast',
  original: 'TestUDPCast',
  summary: 'a small chat of a multicast group, or by broadcast',
  define: (command) => {
    defineMember(command.command('member', { isDefault: true }));
    defineCheck(command.command('check'));
  },
  smoke: async (launch) => {
    await using check = launch('udp-cast', 'check', '-p', '0');
    await check.exits(0);
    const [, port = ''] = await check.shows(/ 233\.0\.0\.1:(\d+) [^]*^PASSED/m);
    await using first = launch('udp-cast', '-b', '127.0.0.1', '-p', port);
    await using second = launch('udp-cast', '-b', '127.0.0.1', '-p', port);
    for (const member of [first, second]) await member.shows(/onConnect/);
    first.type('sendc hello');
    second.type('hello to you');
    for (const member of [first, second]) {
      await member.shows(new RegExp(`onReceive +from 127\\.0\\.0\\.1:${port}, 5 bytes: hello\n`));
      await member.shows(new RegExp(`onReceive +from 127\\.0\\.0\\.1:${port}, 12 bytes: hello to you\n`));
      await member.quits();
    }
  },
};
