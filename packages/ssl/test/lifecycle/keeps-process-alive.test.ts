// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { testKeepsAlive } from '@hp/testkit/lifecycle';
import { certifyChildren } from '../support/child-certificates.js';

const script = path.join(import.meta.dirname, 'children/keep-alive.mjs');

const keeping = [
  'a server',
  'an agent',
  'a client',
  'a client whose handshake is under way',
  'a client that failed and waits to connect again',
];
const notKeeping = [
  'a server that is unref',
  'an agent that is unref',
  'connections that are unref',
  'a client whose connection is over',
  'a client whose handshake has failed',
  'a client that is unref and whose handshake is under way',
  'contexts alone',
];

certifyChildren();
testKeepsAlive(script, keeping, notKeeping);
