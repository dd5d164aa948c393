// SPDX-License-Identifier: Apache-2.0
// Components inside worker_threads.
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { modes, runChild } from '@hp/testkit';
import { printed, testWorkerEndings } from '@hp/testkit/lifecycle';

const children = path.join(import.meta.dirname, 'children');
const timeoutMs = 120_000;

testWorkerEndings(path.join(children, 'busy.mjs'), 30, 10);

describe.each(modes)('two workers on one port ($name)', ({ workerThreadCount }) => {
  test(
    'each serves its share of the peers, each peer has one server, and the port is free after',
    async () => {
      const script = path.join(children, 'shared-port.mjs');
      const seen = printed(await runChild(script, [String(workerThreadCount)], { timeoutMs })) as {
        served: number[];
        free: boolean;
      };

      expect(seen.served).toHaveLength(2);
      expect(seen.served.every((count) => count > 0)).toBe(true);
      expect(seen.served.reduce((sum, count) => sum + count, 0)).toBe(128);
      expect(seen.free).toBe(true);
    },
    timeoutMs,
  );
});
