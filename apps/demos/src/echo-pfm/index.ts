// SPDX-License-Identifier: Apache-2.0
import type { Demo } from '../demo.js';
import { smokeLoad } from '../smoke/smoke-load.js';
import { defineClient } from './client.js';
import { defineServer } from './server.js';

/** TestEcho-PFM: the load comes from many clients. */
export const echoPfm: Demo = {
  name: 'echo-pfm',
  original: 'TestEcho-PFM',
  summary: 'load on an echo server from many clients',
  define: (command) => {
    defineServer(command.command('server'));
    defineClient(command.command('client'));
  },
  smoke: (launch) =>
    smokeLoad(launch, { client: ['echo-pfm', 'client'], server: 'echo-pfm', seen: '1,000,000' }),
};
