// SPDX-License-Identifier: Apache-2.0
import type { Demo } from '../demo.js';
import { smokePull } from '../smoke/smoke-pull.js';
import { defineClient } from './client.js';
import { defineServer } from './server.js';

/** TestEcho-SSL-4C: what `echo-pull-fn` does, over TLS. */
export const echoSslPullFn: Demo = {
  name: 'echo-ssl-pull-fn',
  original: 'TestEcho-SSL-4C',
  summary: 'echo-pull-fn over TLS: the same functions with another component',
  define: (command) => {
    defineServer(command.command('server'));
    defineClient(command.command('client'));
  },
  smoke: (launch) => smokePull(launch, 'echo-ssl-pull-fn'),
};
