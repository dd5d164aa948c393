// SPDX-License-Identifier: Apache-2.0
import type { Demo } from '../demo.js';
import { smokePull } from '../smoke/smoke-pull.js';
import { defineClient } from './client.js';
import { defineServer } from './server.js';

/** TestEcho-Pull: messages of header and body, fetched from PULL components. */
export const echoPull: Demo = {
  name: 'echo-pull',
  original: 'TestEcho-Pull',
  summary: 'echo of numbered messages that are fetched (PULL)',
  define: (command) => {
    defineServer(command.command('server'));
    defineClient(command.command('client'));
  },
  smoke: (launch) => smokePull(launch, 'echo-pull'),
};
