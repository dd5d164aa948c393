// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { many, modes, repeats, runChild } from '@hp/testkit';
import { printed } from '@hp/testkit/lifecycle';
import { certifyChildren } from '../support/child-certificates.js';

const MIB = 1024 * 1024;
const TIMEOUT_MS = 120_000;

const rows = modes
  .slice(0, 2)
  .map((mode, index) => ({ ...mode, visits: repeats(many(index === 0 ? 20_000 : 5000)) }));

describe.each(rows)('memory ($name)', ({ workerThreadCount, visits }) => {
  test(
    `returns to its base after ${visits} connections that have gone, of both ends`,
    async () => {
      certifyChildren();
      const script = path.join(import.meta.dirname, '../children/visits.mjs');
      const ended = await runChild(script, [workerThreadCount, visits].map(String), {
        nodeOptions: ['--expose-gc', '--max-semi-space-size=1'],
        timeoutMs: TIMEOUT_MS,
      });
      const { growth, resumed, accepted } = printed(ended) as {
        growth: { native: number; script: number };
        resumed: number;
        accepted: number;
      };

      expect(accepted).toBe(2000 + visits);
      expect(resumed).toBeGreaterThan(visits);
      // Of 20,000 connections, eighty bytes of each would be more.
      expect(growth.script).toBeLessThan(1.5 * MIB);
      // And OpenSSL's session alone has a few thousand.
      expect(growth.native).toBeLessThan(8 * MIB);
    },
    TIMEOUT_MS,
  );
});
