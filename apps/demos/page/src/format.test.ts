// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { age, bytes, compact, count, milliseconds, timeOfDay } from './format.js';

describe('values', () => {
  it('have their thousands apart', () => {
    expect(count(1_234_567.4)).toBe('1,234,567');
  });

  it.each([
    [0, '0'],
    [0.25, '0.25'],
    [12.345, '12.3'],
    [999, '999'],
    [1000, '1.00 k'],
    [12_345, '12.3 k'],
    [999_999, '1.00 M'],
    [1.5e9, '1.50 G'],
    [2e15, '2,000 T'],
  ])('%d is %s in short', (value, text) => {
    expect(compact(value)).toBe(text);
  });

  it('of bytes have their unit', () => {
    expect([0, 999, 1000, 16_300_000].map(bytes)).toEqual(['0 B', '999 B', '1.00 kB', '16.3 MB']);
  });

  it('of latency are exact where they are small', () => {
    expect([0.0421, 4.2, 1234.5].map(milliseconds)).toEqual(['0.0421 ms', '4.20 ms', '1,235 ms']);
  });

  it.each([
    [0, '0 s'],
    [59_999, '59 s'],
    [60_000, '1:00'],
    [185_000, '3:05'],
    [3_723_000, '1:02:03'],
  ])('an age of %d ms is %s', (ms, text) => {
    expect(age(ms)).toBe(text);
  });

  it('of time are local', () => {
    expect(timeOfDay(new Date(2026, 0, 2, 3, 4, 5, 6).getTime())).toBe('03:04:05.006');
  });
});
