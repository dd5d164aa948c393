// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { Figures, growth } from '../src/results.js';
import { resultsOf, sample } from './results-fixture.js';

const cpu = (round: number, peer: string, cpuMicroseconds: number, caseName = 'echo-50') =>
  sample(round, caseName, peer, { cpuMicroseconds });

test('a ratio is the median of the ratios within each round', () => {
  // Round 1 ran on a machine half as fast: the ratios do not care.
  const figures = new Figures(
    resultsOf([
      ...[cpu(0, 'limit', 5), cpu(0, 'ours', 6)],
      ...[cpu(1, 'limit', 10), cpu(1, 'ours', 11)],
      ...[cpu(2, 'limit', 5), cpu(2, 'ours', 7)],
    ]),
  );
  expect(figures.ratio(figures.of('echo-50', 'cpuMicroseconds'), 'ours', 'limit')).toBeCloseTo(1.2);
});

test('a round in which one of the two is missing does not count', () => {
  const figures = new Figures(resultsOf([cpu(0, 'limit', 5), cpu(1, 'limit', 5), cpu(1, 'ours', 10)]));
  const figure = figures.of('echo-50', 'cpuMicroseconds');
  expect(figures.ratio(figure, 'ours', 'limit')).toBe(2);
  expect(figures.ratio(figure, 'bun', 'limit')).toBeUndefined();
});

test('there is no ratio to nothing', () => {
  const idle = (peer: string, bytesPerConnection: number) => sample(0, 'idle', peer, { bytesPerConnection });
  const figures = new Figures(resultsOf([idle('limit', 0), idle('ours', 400)]));
  expect(figures.ratio(figures.of('idle', 'bytesPerConnection'), 'ours', 'limit')).toBeUndefined();
});

test('growth compares two cases of one round', () => {
  const figures = new Figures(
    resultsOf([
      ...[cpu(0, 'limit', 5), cpu(0, 'limit', 9, 'echo-10000')],
      ...[cpu(0, 'ours', 6), cpu(0, 'ours', 12, 'echo-10000')],
    ]),
  );
  const figure = growth(
    figures.of('echo-50', 'cpuMicroseconds'),
    figures.of('echo-10000', 'cpuMicroseconds'),
  );
  expect(figures.median(figure, 'ours')).toBe(2);
  expect(figures.ratio(figure, 'ours', 'limit')).toBeCloseTo(2 / 1.8);
});
