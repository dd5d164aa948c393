// SPDX-License-Identifier: Apache-2.0
import type { Demo } from '../demo.js';
import { defineClient } from './client.js';
import { defineServer } from './server.js';

/** TestEcho-UDP: datagrams, and peers that find out whether the other is still there. */
export const echoUdp: Demo = {
  name: 'echo-udp',
  original: 'TestEcho-UDP',
  summary: 'echo of datagrams, with detection of peers that are gone',
  define: (command) => {
    defineServer(command.command('server'));
    defineClient(command.command('client'));
  },
  smoke: async (launch) => {
    await using server = launch('echo-udp', 'server', '-b', '127.0.0.1', '-p', '0', '--close-notify', '1');
    const port = await server.port();
    await using client = launch('echo-udp', 'client', '-p', port, '--close-notify', '1');
    client.type('send hello');
    await client.shows(/#\d+ +onReceive +5 bytes: hello/);
    server.type('kick 1');
    await client.shows(/#\d+ +onClose +closed/);
    await client.quits();
    await client.shows(/^PASSED: 1 of 1 /m);
    await server.quits();
  },
};
