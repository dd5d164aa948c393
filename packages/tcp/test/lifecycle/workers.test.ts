// SPDX-License-Identifier: Apache-2.0
// Components inside worker_threads, and workers that end while they are busy.
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { modes, repeats, runChild } from '@hp/testkit';

// A worker takes half a second to begin and end on a machine that has much else to do.
const timeoutMs = 120_000;
vi.setConfig({ testTimeout: timeoutMs });

const children = path.join(import.meta.dirname, 'children');
// The first five set the measure for leaks, where the system tells of these.
const LEAST = process.platform === 'win32' ? 2 : 8;
const MANY = repeats(50, LEAST);
const SOME = repeats(15, LEAST);

async function results(script: string, ...args: string[]): Promise<unknown> {
  const { code, signal, stdout, stderr } = await runChild(path.join(children, script), args, { timeoutMs });
  expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
  return JSON.parse(stdout);
}

test.each(['terminate when busy', 'terminate at any moment'])(`worker: %s, ${MANY} times`, async (way) => {
  expect(await results('workers.mjs', way, String(MANY))).toEqual({ endings: { ended: MANY }, leaked: [] });
});

test.each(['exit', 'exit in a callback', 'normal end', 'stop'])(`worker: %s, ${SOME} times`, async (way) => {
  expect(await results('workers.mjs', way, String(SOME))).toEqual({ endings: { ended: SOME }, leaked: [] });
});

test.each(['uncaught exception', 'uncaught exception in a callback'])(
  `worker: %s, ${SOME} times`,
  async (way) => {
    expect(await results('workers.mjs', way, String(SOME))).toEqual({
      endings: { 'nobody catches this': SOME },
      leaked: [],
    });
  },
);

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
