// SPDX-License-Identifier: Apache-2.0
// A process that runs out of descriptors: accepting rests and goes on, nothing spins, nobody is lost.
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasCommand, modes, runChild } from '@hp/testkit';
import { ErrorCode, ServiceState } from '@hp/tcp';

const script = path.join(import.meta.dirname, 'children/descriptors.mjs');

async function run(what: string, workerThreadCount: number): Promise<Record<string, unknown>> {
  const args = [what, String(workerThreadCount)];
  const { code, stdout, stderr } = await runChild(script, args, { wrapper: ['prlimit', '--nofile=120:120'] });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe.each(modes)('a process without descriptors ($name)', ({ workerThreadCount }) => {
  test.skipIf(!hasCommand('prlimit'))('accepting rests, told as onAcceptPause, and recovers', async () => {
    const seen = await run('accept', workerThreadCount);

    expect(seen).toMatchObject({
      errorCode: ErrorCode.ProcessFileLimit,
      servedBefore: true,
      servedAfter: true,
      sentAway: true,
    });
    expect(seen['pauses']).toBe(seen['acceptPauses']);
    expect(seen['pauses']).toBeGreaterThan(0);
    // Half a second at the limit: with a core that spins this would be as much CPU time.
    expect(seen['pausesAtLimit']).toBeLessThan(20);
    expect(seen['cpuMsAtLimit']).toBeLessThan(250);
  });

  test.skipIf(!hasCommand('prlimit'))('an onAcceptPause that throws: uncaught, and served on', async () => {
    expect(await run('throwing', workerThreadCount)).toEqual({
      message: 'thrown by onAcceptPause',
      after: true,
      state: ServiceState.Started,
    });
  });

  test.skipIf(!hasCommand('prlimit'))('start throws, and may be repeated', async () => {
    expect(await run('start', workerThreadCount)).toEqual({
      server: 'EMFILE',
      serverState: 3,
      connect: ErrorCode.ProcessFileLimit,
      blocking: 'EMFILE',
      after: 'served',
    });
  });

  test.skipIf(!hasCommand('prlimit'))('without room for a poller start says what to do', async () => {
    const seen = await run('poller', workerThreadCount);

    expect(seen).toMatchObject({ code: 'SE_CP_CREATE', state: 3, after: 'started' });
    expect(seen['message']).toMatch(/ulimit -n/);
  });
});
