// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { modes, runChild } from '@hp/testkit';

const script = path.join(import.meta.dirname, 'children/keep-alive.mjs');

const keeping = ['a server', 'a server that was unref and is ref', 'a running server made unref and ref'];
const notKeeping = [
  'a server that is unref',
  'a running server made unref',
  'a server with a connection that is unref',
  'a stopped server',
  'a server whose start failed',
];

describe.each(modes.slice(0, 2))('the process ($name)', ({ workerThreadCount }) => {
  test.each([
    ...keeping.map((what) => ({ what, how: 'is kept alive by', stdout: 'kept\n' })),
    ...notKeeping.map((what) => ({ what, how: 'ends in spite of', stdout: '' })),
  ])('$how $what', async ({ what, stdout }) => {
    expect(await runChild(script, [what, String(workerThreadCount)])).toEqual({
      code: 0,
      signal: null,
      stdout,
      stderr: '',
    });
  });
});
