// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { HEIGHT, niceCeiling, toPath } from './chart-scale.js';
import { HISTORY } from './console-store.js';

describe('the scale of a chart', () => {
  it.each([
    [0, 1],
    [0.3, 0.5],
    [1, 1],
    [1.1, 2],
    [4200, 5000],
    [5001, 10_000],
    [99_999, 100_000],
  ])('ends for %d at %d', (value, end) => {
    expect(niceCeiling(value)).toBeCloseTo(end);
  });
});

describe('the line of a chart', () => {
  const last = HISTORY - 1;

  it('ends at the right, the largest value at the top', () => {
    expect(toPath([0, 10], 10)).toBe(`M${last - 1} ${HEIGHT - 1}.0h0L${last} 1.0`);
  });

  it('is broken where there is no value', () => {
    expect(toPath([10, undefined, 10], 10)).toBe(`M${last - 2} 1.0h0M${last} 1.0h0`);
  });

  it('is nothing without values', () => {
    expect(toPath([], 1)).toBe('');
    expect(toPath([undefined], 1)).toBe('');
  });
});
