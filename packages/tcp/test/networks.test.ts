// SPDX-License-Identifier: Apache-2.0
// What only a network of one's own can show; needs root for the namespaces.
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ChildOptions, isRoot, modes, runChild } from '@hp/testkit';
import { ErrorCode, SocketOperation } from '@hp/tcp';

const { Connect, Receive } = SocketOperation;

async function results(
  script: string,
  workerThreadCount: number,
  options: ChildOptions,
): Promise<Record<string, unknown>> {
  const file = path.join(import.meta.dirname, 'children', script);
  const { code, stdout, stderr } = await runChild(file, [String(workerThreadCount)], options);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe.each(modes)('networks ($name)', ({ workerThreadCount }) => {
  test.skipIf(!isRoot())('no route, an unreachable host, no answer, and a way that is cut', async () => {
    const seen = await results('network.mjs', workerThreadCount, { wrapper: ['unshare', '-n'] });

    expect(seen).toMatchObject({
      unrouted: { operation: Connect, errorCode: ErrorCode.NetworkUnreachable },
      unreachable: { operation: Connect, errorCode: ErrorCode.HostUnreachable },
      timedOut: { operation: Connect, errorCode: ErrorCode.TimedOut },
      systemTimedOut: { operation: Connect, errorCode: ErrorCode.TimedOut },
      dead: { operation: Receive, errorCode: ErrorCode.TimedOut },
      blockingTimedOut: { systemCode: 'ETIMEDOUT' },
      blockingUnreachable: { systemCode: 'EHOSTUNREACH' },
    });
    const { timedOut, systemTimedOut, blockingTimedOut } = seen as Record<string, { ms: number }>;
    expect(timedOut!.ms).toBeGreaterThanOrEqual(298);
    expect(timedOut!.ms).toBeLessThan(systemTimedOut!.ms);
    expect(blockingTimedOut!.ms).toBeGreaterThanOrEqual(198);
  });

  test.skipIf(!isRoot())('a name whose first address refuses: the next one is taken', async () => {
    expect(await results('names.mjs', workerThreadCount, { wrapper: ['unshare', '-m'] })).toEqual({
      'async localhost': '127.0.0.1',
      'blocking localhost': '127.0.0.1',
      'blocking, from ::1, localhost': 'EAFNOSUPPORT',
      'async twin.test': '127.0.0.1',
      'blocking twin.test': '127.0.0.1',
      'blocking, from ::1, twin.test': 'EAFNOSUPPORT',
      'blocking, nobody': 'ECONNREFUSED',
      'blocking, no such name': 'EADDRNOTAVAIL',
      'started twice': 'SE_ILLEGAL_STATE',
    });
  });
});
