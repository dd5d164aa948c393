// SPDX-License-Identifier: Apache-2.0
// A process that ends while components are busy, inline and on threads: never a crash, never a hang.
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { type ChildResult, repeats, runChild } from '@hp/testkit';

const script = path.join(import.meta.dirname, 'children/exits.mjs');
// Fifty processes take their time on a machine that has much else to do.
vi.setConfig({ testTimeout: 120_000 });

const TIMES = repeats(50);
/** Children at the same time. */
const AT_ONCE = 4;

interface Ending extends ChildResult {
  readonly way: string;
}

/** That many children, which end in these ways by turns. */
async function runOften(...ways: readonly string[]): Promise<Ending[]> {
  const endings: Ending[] = [];
  let begun = 0;
  const runSome = async (): Promise<void> => {
    while (begun < TIMES) {
      const way = ways[begun++ % ways.length] ?? '';
      endings.push({ way, ...(await runChild(script, [way])) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runSome));
  return endings;
}

test(`process.exit(): outside of callbacks, inside one, and while stopping, ${TIMES} times`, async () => {
  const endings = await runOften('exit', 'exit in a callback', 'exit while stopping');

  expect(endings).toHaveLength(TIMES);
  for (const ending of endings) {
    expect(ending).toEqual({ way: ending.way, code: 7, signal: null, stdout: 'busy\n', stderr: '' });
  }
});

test(`normal end: components unref, or stopped, ${TIMES} times`, async () => {
  const endings = await runOften('normal end', 'stop');

  expect(endings).toHaveLength(TIMES);
  for (const ending of endings) {
    expect(ending).toEqual({ way: ending.way, code: 0, signal: null, stdout: 'busy\n', stderr: '' });
  }
});

test(`uncaught exception: outside of callbacks, inside one, and as a rejection, ${TIMES} times`, async () => {
  const ways = ['uncaught exception', 'uncaught exception in a callback', 'unhandled rejection'];
  const endings = await runOften(...ways);

  expect(endings).toHaveLength(TIMES);
  for (const { code, signal, stdout, stderr } of endings) {
    expect({ code, signal, stdout }).toEqual({ code: 1, signal: null, stdout: 'busy\n' });
    expect(stderr).toContain('Error: nobody catches this');
  }
});
