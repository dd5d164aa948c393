// SPDX-License-Identifier: Apache-2.0
// A process that ends while datagrams are on their way, inline and on threads: never a crash, never a hang.
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { endProcesses, repeats } from '@hp/testkit';

const busy = path.join(import.meta.dirname, 'children/busy.mjs');
// The processes take their time on a machine that has much else to do.
vi.setConfig({ testTimeout: 120_000 });

const TIMES = repeats(30);

test(`process.exit(): outside of callbacks, inside one, and while stopping, ${TIMES} times`, async () => {
  const endings = await endProcesses(busy, ['exit', 'exit in a callback', 'exit while stopping'], TIMES);

  expect(endings).toHaveLength(TIMES);
  for (const ending of endings) {
    expect(ending).toEqual({ way: ending.way, code: 7, signal: null, stdout: 'busy\n', stderr: '' });
  }
});

test(`normal end: components unref, or stopped, ${TIMES} times`, async () => {
  const endings = await endProcesses(busy, ['normal end', 'stop'], TIMES);

  expect(endings).toHaveLength(TIMES);
  for (const ending of endings) {
    expect(ending).toEqual({ way: ending.way, code: 0, signal: null, stdout: 'busy\n', stderr: '' });
  }
});

test(`uncaught exception: outside of callbacks, inside one, and as a rejection, ${TIMES} times`, async () => {
  const ways = ['uncaught exception', 'uncaught exception in a callback', 'unhandled rejection'];
  const endings = await endProcesses(busy, ways, TIMES);

  expect(endings).toHaveLength(TIMES);
  for (const { code, signal, stdout, stderr } of endings) {
    expect({ code, signal, stdout }).toEqual({ code: 1, signal: null, stdout: 'busy\n' });
    expect(stderr).toContain('Error: nobody catches this');
  }
});
