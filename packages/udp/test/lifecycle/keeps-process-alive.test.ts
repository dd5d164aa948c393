// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { testKeepsAlive } from '@hp/testkit/lifecycle';

const script = path.join(import.meta.dirname, 'children/keep-alive.mjs');

const keeping = ['a server', 'a server that was unref and is ref', 'a running server made unref and ref'];
const notKeeping = [
  'a server that is unref',
  'a running server made unref',
  'a server with a connection that is unref',
  'a stopped server',
  'a server whose start failed',
];

testKeepsAlive(script, keeping, notKeeping);
