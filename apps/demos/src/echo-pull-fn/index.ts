// SPDX-License-Identifier: Apache-2.0
import type { Demo } from '../demo.js';
import { smokePull } from '../smoke/smoke-pull.js';
import { defineClient } from './client.js';
import { defineServer } from './server.js';

/** TestEcho-4C: what `echo-pull` does, in plain functions and with the PULL model as an option. */
export const echoPullFn: Demo = {
  name: 'echo-pull-fn',
  original: 'TestEcho-4C',
  summary: 'echo-pull in plain functions, with pull() as the model',
  define: (command) => {
    defineServer(command.command('server'));
    defineClient(command.command('client'));
  },
  smoke: (launch) => smokePull(launch, 'echo-pull-fn'),
};
