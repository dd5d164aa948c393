// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cpuTimeMs, freeDescriptorCount, openDescriptors } from '@hp/testkit';

test('an opened file is one descriptor more and one free descriptor less', () => {
  const [open, free] = [openDescriptors(), freeDescriptorCount()];
  const descriptor = openSync(import.meta.filename, 'r');
  try {
    expect(openDescriptors()).toBe(open + 1);
    expect(freeDescriptorCount()).toBe(free - 1);
  } finally {
    closeSync(descriptor);
  }
});

test('CPU time grows as this process works', () => {
  const before = cpuTimeMs();
  const usage = process.cpuUsage();
  while (process.cpuUsage(usage).user < 200_000) Math.hypot(usage.user, usage.system);

  expect(cpuTimeMs() - before).toBeGreaterThanOrEqual(150);
});
