// SPDX-License-Identifier: Apache-2.0
import type { Demo } from '../demo.js';
import { defineClient } from './client.js';
import { defineServer } from './server.js';

/** The plain chat of the tutorial. */
export const asyncChat: Demo = {
  name: 'async-chat',
  summary: 'plain TCP chat: a server that answers several clients at once',
  define: (command) => {
    defineServer(command.command('server'));
    defineClient(command.command('client'));
  },
  smoke: async (launch) => {
    await using server = launch('async-chat', 'server', '-b', '127.0.0.1', '-p', '0');
    const port = await server.port();
    await using first = launch('async-chat', 'client', '-p', port);
    await using second = launch('async-chat', 'client', '-p', port);
    first.type('one');
    second.type('two');
    await first.shows(/^Message received - one$/m);
    await second.shows(/^Message received - two$/m);
    second.type('quit');
    await second.exits(0);
    await first.quits();
    await server.shows(/, Recv From Client\[127\.0\.0\.1:\d+\]:two$/m);
    await server.quits();
  },
};
