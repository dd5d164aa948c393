// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { formatMetric, significant } from './format.js';

test('three digits that matter', () => {
  expect([0.3521, 5.314, 62, 152.6, 1234.5].map(significant)).toEqual([
    '0.352',
    '5.31',
    '62.0',
    '153',
    '1,235',
  ]);
});

test('each metric has its unit, and a missing one a dash', () => {
  expect(formatMetric('rate', 171690.4)).toBe('171,690/s');
  expect(formatMetric('residentBytes', 3 * 1024 * 1024)).toBe('3.0 MiB');
  expect(formatMetric('p50Microseconds', undefined)).toBe('–');
});
