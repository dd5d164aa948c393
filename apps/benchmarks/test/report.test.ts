// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { cases } from '../src/cases.js';
import { allPeers } from '../src/peers.js';
import { measurementTables } from '../src/measurements.js';
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

test('datagrams have a plot of their own, with the servers over UDP', () => {
  const measured = [sample(0, 'udp-64', 'limit', metrics(4)), sample(0, 'udp-64', 'node', metrics(8))];
  const plots = drawPlots(resultsOf(measured));
  expect(plots.map(({ file }) => file)).toEqual(['cpu-per-datagram.svg']);
  expect(plots[0]?.svg).toContain('>node:dgram<');
});

test('over TLS bars and tables are relative to node:tls', () => {
  const measured = resultsOf([
    sample(0, 'tls-64', 'ours', metrics(12)),
    sample(0, 'tls-64', 'node', metrics(20)),
  ]);
  const plots = drawPlots(measured);
  expect(plots.map(({ file }) => file)).toEqual(['cpu-over-tls.svg']);
  expect(plots[0]?.svg).toContain('0.60× (12.0 µs)');
  expect(measurementTables(measured)[0]?.table).toEqual([
    ['server', 'CPU per message', 'rate', 'p50', '/ node:tls'],
    ['@hp/ssl', '12.0 µs', '1,000/s', '50.0 µs', '0.60×'],
    ['node:tls', '20.0 µs', '1,000/s', '50.0 µs', '1.00×'],
  ]);
});

test('handshakes while JavaScript is blocked have a plot of their own', () => {
  const free = { done: 500, failed: 0, p50Microseconds: 800, p99Microseconds: 2000, maxMicroseconds: 3000 };
  const blocked = { ...free, p99Microseconds: 199_900 };
  const plots = drawPlots(
    resultsOf([], { handshakes: [{ peer: 'node', title: 'node:tls', free, blocked }] }),
  );
  expect(plots.map(({ file }) => file)).toEqual(['tls-handshakes-blocked.svg']);
  expect(plots[0]?.svg).toContain('199.9 ms');
});

test('what was lost in any round is shown, and nothing where nothing was', () => {
  const round = (number: number, lost?: number) =>
    sample(number, 'udp-64', 'node', { cpuMicroseconds: 8, ...(lost === undefined ? {} : { lost }) });
  const tableOf = (samples: ReturnType<typeof round>[]) => measurementTables(resultsOf(samples))[0]?.table;
  expect(tableOf([round(0), round(1, 1200), round(2, 34)])).toEqual([
    ['server', 'CPU per message', 'lost in all rounds', '/ C limit'],
    ['node:dgram', '8.00 µs', '1,234', '–'],
  ]);
  expect(tableOf([round(0), round(1)])?.[0]).toEqual(['server', 'CPU per message', '/ C limit']);
});

test('every server has a colour, and every title has room beside its bars', () => {
  expect(allPeers.filter(({ title }) => !colours.has(title))).toEqual([]);
  expect(cases.filter(({ title }) => title.length > 52)).toEqual([]);
});

test('the report names the command, the figures, the plots and what is missing', () => {
  const report = renderReport(results, drawPlots(results));
  expect(report).toContain('`npm run bench -- --case a<b` on 2026-01-02');
  expect(report).toContain('| node:net | 10.0 µs | 1,000/s | 50.0 µs | 2.00× |');
  expect(report).toContain('(cpu-per-message.svg)');
  expect(report).toContain('Not measured: bun (not installed).');
});
