// SPDX-License-Identifier: Apache-2.0
import type { Demo } from '../demo.js';
import { smokePack } from '../smoke/smoke-pack.js';
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
  smoke: (launch) => smokePack(launch, 'echo-pack'),
};
