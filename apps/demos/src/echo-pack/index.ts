// SPDX-License-Identifier: Apache-2.0
import type { Demo } from '../demo.js';
import { defineClient } from './client.js';
import { defineServer } from './server.js';

/** TestEcho-Pack: whole packs, with a flag and a longest length. */
export const echoPack: Demo = {
  name: 'echo-pack',
  original: 'TestEcho-Pack',
  summary: 'echo of packs: one event for each, however TCP cuts them (PACK)',
  define: (command) => {
    defineServer(command.command('server'));
    defineClient(command.command('client'));
  },
  smoke: async (launch) => {
    await using server = launch('echo-pack', 'server', '-b', '127.0.0.1', '-p', '0', '--flag', '361');
    const port = await server.port();
    await using client = launch('echo-pack', 'client', '-p', port, '--flag', '361');
    await using stranger = launch('echo-pack', 'client', '-p', port, '--flag', '362');
    client.type('send hello');
    client.type('send world');
    await client.shows(/onReceive +5 bytes: hello\n[^]*onReceive +5 bytes: world\n/);
    stranger.type('send hello');
    await server.shows(/#\d+ +onClose +Receive failed with 74: /);
    for (const demo of [client, stranger, server]) await demo.quits();
  },
};
