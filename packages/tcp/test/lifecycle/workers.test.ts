// SPDX-License-Identifier: Apache-2.0
// Components inside worker_threads, and workers that end while they are busy.
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runChild } from '@hp/testkit';
import { modes } from '../modes.js';

const children = path.join(import.meta.dirname, 'children');

async function results(script: string, ...args: string[]): Promise<unknown> {
  const { code, signal, stdout, stderr } = await runChild(path.join(children, script), args);
  expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
  return JSON.parse(stdout);
}

test.each(['terminate when busy', 'terminate at any moment'])('worker: %s, 50 times', async (way) => {
  expect(await results('workers.mjs', way, '50')).toEqual({ endings: { ended: 50 }, leaked: [] });
});

test.each(['exit', 'exit in a callback', 'normal end', 'stop'])('worker: %s, 15 times', async (way) => {
  expect(await results('workers.mjs', way, '15')).toEqual({ endings: { ended: 15 }, leaked: [] });
});

test.each(['uncaught exception', 'uncaught exception in a callback'])('worker: %s, 15 times', async (way) => {
  expect(await results('workers.mjs', way, '15')).toEqual({
    endings: { 'nobody catches this': 15 },
    leaked: [],
  });
});

describe.each(modes)('four workers on one port ($name)', ({ workerThreadCount }) => {
  test('each serves its share, and the port is free after', async () => {
    const seen = (await results('shared-port.mjs', String(workerThreadCount))) as {
      served: number[];
      echoed: number;
      free: boolean;
    };

    expect(seen.served).toHaveLength(4);
    expect(seen.served.every((count) => count > 0)).toBe(true);
    expect(seen.served.reduce((sum, count) => sum + count, 0)).toBe(128);
    expect(seen).toMatchObject({ echoed: 128, free: true });
  });
});
