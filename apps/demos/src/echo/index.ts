// SPDX-License-Identifier: Apache-2.0
import type { Demo } from '../demo.js';
import { defineClient } from './client.js';
import { defineServer } from './server.js';

/** TestEcho: a server and a client that show every event. */
export const echo: Demo = {
  name: 'echo',
  original: 'TestEcho',
  summary: 'echo server and client that show every event',
  define: (command) => {
    defineServer(command.command('server'));
    defineClient(command.command('client'));
  },
  smoke: async (launch) => {
    await using server = launch('echo', 'server', '-b', '127.0.0.1', '-p', '0');
    await using client = launch('echo', 'client', '-p', await server.port());
    client.type('send hello');
    await client.shows(/#\d+ +onReceive +5 bytes: hello/);
    server.type('kick 1');
    await client.shows(/#\d+ +onClose +closed/);
    await client.quits();
    await server.quits();
  },
};
