// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test, vi } from 'vitest';
import { modes } from '@hp/testkit';
import { SslAgent, SslVerifyMode } from '@hp/ssl';
import { clientContext } from '../support/contexts.js';
import { MeasuredServer } from '../support/measured-server.js';

vi.setConfig({ testTimeout: 60_000 });

const KIB = 1024;
const COUNT = 2000;
/** Connections that are being made at the same time. */
const AT_ONCE = 50;

describe.each(modes.slice(0, 2))('a connection that is idle ($name)', ({ workerThreadCount }) => {
  test.each([
    { version: 'TLSv1.3', limit: 12 * KIB },
    { version: 'TLSv1.2', limit: 40 * KIB },
  ] as const)('takes less than $limit bytes of a server with $version', async ({ version, limit }) => {
    await using server = await MeasuredServer.start(workerThreadCount, version);
    const context = clientContext({ verifyMode: SslVerifyMode.None });
    await using agent = new SslAgent({}, { workerThreadCount: 1, context });
    agent.start();
    let made = 0;
    const connectUntil = async (count: number): Promise<void> => {
      const connectSome = async (): Promise<void> => {
        while (made < count) {
          // For each name a handshake in full, which leaves most behind.
          await agent.connectAsync('127.0.0.1', server.port, { serverName: `${String(made++)}.test` });
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, connectSome));
    };
    const settled = () => server.lookUntil(({ connectionCount }) => connectionCount === made);
    await connectUntil(COUNT / 10);
    const before = await settled();
    await connectUntil(COUNT / 10 + COUNT);
    const after = await settled();

    expect((after.bytesInUse - before.bytesInUse) / COUNT).toBeLessThan(limit);
    expect(agent.connectionCount).toBe(made);
  });
});
