// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { expect, test } from 'vitest';
import { runChild } from '@hp/testkit';

const script = path.join(import.meta.dirname, 'children/report.mjs');

test('returns the exit code and both outputs', async () => {
  const result = await runChild(script, ['exit', '3'], { env: { TESTKIT_VALUE: 'seen' } });

  expect(result).toEqual({ code: 3, signal: null, stdout: 'exit seen\n', stderr: 'to stderr\n' });
});

test('returns the signal that ended the child', async () => {
  const result = await runChild(script, ['signal', 'SIGKILL']);

  expect(result).toMatchObject({ code: null, signal: 'SIGKILL' });
});

test('names a command that cannot be run', async () => {
  await expect(runChild(script, [], { wrapper: ['/no/such/command'] })).rejects.toMatchObject({
    cause: { code: 'ENOENT' },
  });
});

test('kills a child that hangs and shows what it printed', async () => {
  await expect(runChild(script, ['hang'], { timeoutMs: 500 })).rejects.toThrow(/did not end.*hang/s);
});
