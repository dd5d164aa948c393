// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { testKeepsAlive } from '@hp/testkit/lifecycle';

const script = path.join(import.meta.dirname, 'children/keep-alive.mjs');

const keeping = [
  'a server',
  'a server that was unref and is ref',
  'a running server made unref and ref',
  'an agent',
  'a client',
  'a client that waits to connect again',
];
const notKeeping = [
  'a server that is unref',
  'a running server made unref',
  'a stopped server',
  'a server whose start failed',
  'an agent that is unref',
  'connections that are unref',
  'a client whose connection is over',
  'a client whose start threw',
  'a client that is unref and waits to connect again',
  'an agent that is unref and waits to connect again',
  'nothing that was started',
];

testKeepsAlive(script, keeping, notKeeping);
