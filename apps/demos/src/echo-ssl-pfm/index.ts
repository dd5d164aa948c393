// SPDX-License-Identifier: Apache-2.0
import type { Demo } from '../demo.js';
import { smokeLoad } from '../smoke/smoke-load.js';
import { defineClient } from './client.js';
import { defineServer } from './server.js';

/** TestEcho-SSL-PFM: a load over TLS, from one agent as there. */
export const echoSslPfm: Demo = {
  name: 'echo-ssl-pfm',
  original: 'TestEcho-SSL-PFM',
  summary: 'load on an echo server over TLS from one agent with many connections',
  define: (command) => {
    defineServer(command.command('server'));
    defineClient(command.command('client'));
  },
  smoke: (launch) =>
    smokeLoad(launch, {
      client: ['echo-ssl-pfm', 'client'],
      server: 'echo-ssl-pfm',
      // The server counts what goes over the wire: records have heads, and there are the handshakes.
      seen: '1,0\\d\\d,\\d{3}',
    }),
};
