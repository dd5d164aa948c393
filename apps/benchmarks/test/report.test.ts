// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { cases } from '../src/cases.js';
import { peers } from '../src/peers.js';
import { colours, drawPlots } from '../src/plots.js';
import { renderReport } from '../src/report.js';
import { resultsOf, sample } from './results-fixture.js';

const metrics = (cpuMicroseconds: number) => ({ cpuMicroseconds, rate: 1000, p50Microseconds: 50 });
const results = resultsOf(
  [sample(0, 'echo-50', 'limit', metrics(5)), sample(0, 'echo-50', 'node', metrics(10))],
  { unavailable: [{ what: 'bun', reason: 'not installed' }] },
);

test('a plot is drawn for what was measured and for nothing else', () => {
  const plots = drawPlots(results);
  expect(plots.map(({ file }) => file)).toEqual(['cpu-per-message.svg']);
  expect(plots[0]?.svg).toContain('2.00× (10.0 µs)');
});

test('packs and fetched messages have a plot of their own', () => {
  const measured = [sample(0, 'pack', 'limit', metrics(1)), sample(0, 'pack', 'ours-pack', metrics(2))];
  const plots = drawPlots(resultsOf(measured));
  expect(plots.map(({ file }) => file)).toEqual(['cpu-per-framed-message.svg']);
  expect(plots[0]?.svg).toContain('>@hp/pack<');
});

test('every server has a colour, and every title has room beside its bars', () => {
  expect(peers.filter(({ title }) => !colours.has(title))).toEqual([]);
  expect(cases.filter(({ title }) => title.length > 52)).toEqual([]);
});

test('the report names the command, the figures, the plots and what is missing', () => {
  const report = renderReport(results, drawPlots(results));
  expect(report).toContain('`npm run bench -- --case a<b` on 2026-01-02');
  expect(report).toContain('| node:net | 10.0 µs | 1,000/s | 50.0 µs | 2.00× |');
  expect(report).toContain('(cpu-per-message.svg)');
  expect(report).toContain('Not measured: bun (not installed).');
});
