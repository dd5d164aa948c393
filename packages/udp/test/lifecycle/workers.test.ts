// SPDX-License-Identifier: Apache-2.0
// Components inside worker_threads, and workers that end while datagrams are on their way.
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { type ChildResult, endWorkers, modes, repeats, runChild } from '@hp/testkit';

// A worker takes half a second to begin and end on a machine that has much else to do.
const timeoutMs = 120_000;
vi.setConfig({ testTimeout: timeoutMs });

const children = path.join(import.meta.dirname, 'children');
const busy = path.join(children, 'busy.mjs');
// The first five set the measure for leaks, where the system tells of these.
const LEAST = process.platform === 'win32' ? 2 : 8;
const MANY = repeats(30, LEAST);
const SOME = repeats(10, LEAST);

function printed({ code, signal, stdout, stderr }: ChildResult): unknown {
  expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
  return JSON.parse(stdout);
}

test.each(['terminate when busy', 'terminate at any moment'])(`worker: %s, ${MANY} times`, async (way) => {
  expect(printed(await endWorkers(busy, way, MANY, timeoutMs))).toEqual({
    endings: { ended: MANY },
    leaked: [],
  });
});

test.each(['exit in a callback', 'normal end', 'stop'])(`worker: %s, ${SOME} times`, async (way) => {
  expect(printed(await endWorkers(busy, way, SOME, timeoutMs))).toEqual({
    endings: { ended: SOME },
    leaked: [],
  });
});

test(`worker: an uncaught exception in a callback, ${SOME} times`, async () => {
  expect(printed(await endWorkers(busy, 'uncaught exception in a callback', SOME, timeoutMs))).toEqual({
    endings: { 'nobody catches this': SOME },
    leaked: [],
  });
});

describe.each(modes)('two workers on one port ($name)', ({ workerThreadCount }) => {
  test('each serves its share of the peers, each peer has one server, and the port is free after', async () => {
    const script = path.join(children, 'shared-port.mjs');
    const seen = printed(await runChild(script, [String(workerThreadCount)], { timeoutMs })) as {
      served: number[];
      free: boolean;
    };

    expect(seen.served).toHaveLength(2);
    expect(seen.served.every((count) => count > 0)).toBe(true);
    expect(seen.served.reduce((sum, count) => sum + count, 0)).toBe(128);
    expect(seen.free).toBe(true);
  });
});
