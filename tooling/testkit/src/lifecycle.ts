// SPDX-License-Identifier: Apache-2.0
// Registers tests that every package of roles has: processes and workers that end while components are busy, inline
// and on threads, with never a crash and never a hang.
import { describe, expect, test } from 'vitest';
import { type ChildResult, runChild } from './child.js';
import { endProcesses, endWorkers } from './endings.js';
import { modes } from './modes.js';
import { repeats } from './repeats.js';

/** Processes and workers take their time on a machine that has much else to do. */
const TIMEOUT_MS = 120_000;

/** Workers at least: the first five set the measure for leaks, where the system tells of these. */
const LEAST_WORKERS = process.platform === 'win32' ? 2 : 8;

/** What a child has printed as JSON; it must have ended well. */
export function printed({ code, signal, stdout, stderr }: ChildResult): unknown {
  expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
  return JSON.parse(stdout);
}

/** Processes that run the module `busy` (see `endProcesses`), and end in every way. */
export function testExits(busy: string, most: number): void {
  const times = repeats(most);
  const tell = (what: string): string => `${what}, ${String(times)} times`;

  test.each([
    {
      what: tell('process.exit(): outside of callbacks, inside one, and while stopping'),
      ways: ['exit', 'exit in a callback', 'exit while stopping'],
      code: 7,
    },
    { what: tell('normal end: components unref, or stopped'), ways: ['normal end', 'stop'], code: 0 },
  ])(
    '$what',
    async ({ ways, code }) => {
      const endings = await endProcesses(busy, ways, times);
      expect(endings).toHaveLength(times);
      for (const ending of endings) {
        expect(ending).toEqual({ way: ending.way, code, signal: null, stdout: 'busy\n', stderr: '' });
      }
    },
    TIMEOUT_MS,
  );

  test(
    tell('uncaught exception: outside of callbacks, inside one, and as a rejection'),
    async () => {
      const ways = ['uncaught exception', 'uncaught exception in a callback', 'unhandled rejection'];
      const endings = await endProcesses(busy, ways, times);
      expect(endings).toHaveLength(times);
      for (const { code, signal, stdout, stderr } of endings) {
        expect({ code, signal, stdout }).toEqual({ code: 1, signal: null, stdout: 'busy\n' });
        expect(stderr).toContain('Error: nobody catches this');
      }
    },
    TIMEOUT_MS,
  );
}

/** Workers that run the module `busy`, terminated `most` times, and ending by themselves `fewer` times. */
export function testWorkerEndings(busy: string, most: number, fewer: number): void {
  const ways = [
    ...['terminate when busy', 'terminate at any moment'].map((way) => ({ way, most, outcome: 'ended' })),
    ...['exit', 'exit in a callback', 'normal end', 'stop'].map((way) => ({
      way,
      most: fewer,
      outcome: 'ended',
    })),
    ...['uncaught exception', 'uncaught exception in a callback'].map((way) => ({
      way,
      most: fewer,
      outcome: 'nobody catches this',
    })),
  ].map((row) => ({ ...row, times: repeats(row.most, LEAST_WORKERS) }));

  test.each(ways)(
    'worker: $way, $times times',
    async ({ way, times, outcome }) => {
      const seen = printed(await endWorkers(busy, way, times, TIMEOUT_MS));
      expect(seen).toEqual({ endings: { [outcome]: times }, leaked: [] });
    },
    TIMEOUT_MS,
  );
}

/** What keeps a process alive, and what does not; `script` prints `kept` where it is kept. */
export function testKeepsAlive(
  script: string,
  keeping: readonly string[],
  notKeeping: readonly string[],
): void {
  const rows = [
    ...keeping.map((what) => ({ what, how: 'is kept alive by', stdout: 'kept\n' })),
    ...notKeeping.map((what) => ({ what, how: 'ends in spite of', stdout: '' })),
  ];
  describe.each(modes.slice(0, 2))('the process ($name)', ({ workerThreadCount }) => {
    test.concurrent.each(rows)('$how $what', async ({ what, stdout }) => {
      const ended = await runChild(script, [what, String(workerThreadCount)]);
      expect(ended).toEqual({ code: 0, signal: null, stdout, stderr: '' });
    });
  });
}
