// SPDX-License-Identifier: Apache-2.0
import type { Demo } from '../demo.js';
import { smokePack } from '../smoke/smoke-pack.js';
import { defineClient } from './client.js';
import { defineServer } from './server.js';

/** TestEcho-SSL-Pack: the packs of `echo-pack` inside TLS. */
export const echoSslPack: Demo = {
  name: 'echo-ssl-pack',
  original: 'TestEcho-SSL-Pack',
  summary: 'echo-pack over TLS',
  define: (command) => {
    defineServer(command.command('server'));
    defineClient(command.command('client'));
  },
  smoke: (launch) => smokePack(launch, 'echo-ssl-pack'),
};
