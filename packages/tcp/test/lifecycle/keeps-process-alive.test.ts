// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { modes, runChild } from '@hp/testkit';

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

describe.each(modes.slice(0, 2))('the process ($name)', ({ workerThreadCount }) => {
  test.concurrent.each(keeping)('is kept alive by %s', async (what) => {
    expect(await runChild(script, [what, String(workerThreadCount)])).toEqual({
      code: 0,
      signal: null,
      stdout: 'kept\n',
      stderr: '',
    });
  });

  test.concurrent.each(notKeeping)('ends in spite of %s', async (what) => {
    expect(await runChild(script, [what, String(workerThreadCount)])).toEqual({
      code: 0,
      signal: null,
      stdout: '',
      stderr: '',
    });
  });
});
