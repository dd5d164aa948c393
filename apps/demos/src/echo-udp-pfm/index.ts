// SPDX-License-Identifier: Apache-2.0
import type { Demo } from '../demo.js';
import { defineClient } from './client.js';
import { defineServer } from './server.js';

/** TestEcho-UDP-PFM: how fast, and how much is lost. */
export const echoUdpPfm: Demo = {
  name: 'echo-udp-pfm',
  original: 'TestEcho-UDP-PFM',
  summary: 'load of datagrams on an echo server from many clients; counts what is lost',
  define: (command) => {
    defineServer(command.command('server'));
    defineClient(command.command('client'));
  },
  smoke: async (launch) => {
    await using server = launch('echo-udp-pfm', 'server', '-b', '127.0.0.1', '-p', '0');
    const port = await server.port();
    await using load = launch('echo-udp-pfm', 'client', '-p', port, '-c', '10', '-e', '20');
    await load.exits(0);
    await load.shows(/received {2}\d+ datagrams, 0 errors\n[^]*^PASSED/m);
    await server.shows(/all closed: 10 connections, /);
    await server.quits();
  },
};
