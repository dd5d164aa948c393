// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { median, rotate } from './statistics.js';

test('the median is the middle value, or the mean of the middle two', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([1, 2, 4, 100])).toBe(3);
  expect(median([])).toBeUndefined();
});

test('each round starts with the next item and leaves none out', () => {
  expect(rotate(['a', 'b', 'c'], 1)).toEqual(['b', 'c', 'a']);
  expect(rotate(['a', 'b', 'c'], 5)).toEqual(['c', 'a', 'b']);
  expect(rotate([], 3)).toEqual([]);
});
