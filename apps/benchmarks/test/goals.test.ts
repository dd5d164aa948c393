// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { goalTables } from '../src/goals.js';
import { resultsOf, sample } from './results-fixture.js';

const cpu = (peer: string, cpuMicroseconds: number) => sample(0, 'echo-50', peer, { cpuMicroseconds });

test('marks what is reached and what is missed, and shows only what was measured', () => {
  const [ratios, ...others] = goalTables(
    resultsOf([cpu('limit', 5), cpu('ours', 6), cpu('node', 9), cpu('bun', 7)]),
  );
  expect(ratios).toEqual([
    ['ratio (target)', 'ours / C limit', 'node:net, node:dgram / ours', 'Bun / ours'],
    ['64 B, 50 connections, 1 outstanding', '1.20× (≤ 1.25) ok', '1.50× (≥ 1.6) miss', '1.17× (≥ 1) ok'],
  ]);
  expect(others).toEqual([]);
});

test('a target of the threaded row is the threaded server’s', () => {
  const [ratios] = goalTables(resultsOf([cpu('limit', 5), cpu('ours-threaded', 11)]));
  expect(ratios?.[1]).toEqual([
    '64 B, 50 connections, 1 outstanding; 1 I/O thread',
    '2.20× (≤ 2) miss',
    '–',
    '–',
  ]);
});

test('over UDP the servers of the same names are compared', () => {
  const datagram = (peer: string, cpuMicroseconds: number) => sample(0, 'udp-64', peer, { cpuMicroseconds });
  const [ratios] = goalTables(
    resultsOf([datagram('limit', 4), datagram('ours', 5), datagram('node', 9), datagram('bun', 8)]),
  );
  expect(ratios?.slice(1)).toEqual([
    ['UDP 64 B, 20 sockets, 8 outstanding', '1.25× (≤ 1.35) ok', '1.80× (≥ 2) miss', '1.60× (≥ 1.25) ok'],
  ]);
});

test('import time and idle memory have targets of their own', () => {
  const idle = sample(0, 'idle', 'ours', { bytesPerConnection: 430 });
  const [absolute] = goalTables(resultsOf([idle], { importMilliseconds: 30.25 }));
  expect(absolute?.slice(1)).toEqual([
    ['resident bytes per idle connection', '430 B (≤ 450) ok'],
    ['import of @hp/tcp', '30.3 ms (≤ 25) miss'],
  ]);
});

test('only the server with an I/O thread has to go on while JavaScript is blocked', () => {
  const all = { done: 50, of: 50 };
  const none = { done: 0, of: 1024 };
  const [blocked] = goalTables(
    resultsOf([], {
      blocked: [
        { peer: 'node', title: 'node:net', accepted: all, receivedBytes: none, sentBytes: none },
        { peer: 'ours-threaded', title: 'threaded', accepted: all, receivedBytes: all, sentBytes: all },
      ],
    }),
  );
  expect(blocked?.map((row) => row.at(-1))).toEqual(['all', '', 'ok']);
  expect(blocked?.[1]?.slice(0, 3)).toEqual(['node:net', '50 of 50', '0 of 1 KiB']);
});

test('over TLS servers are compared with node:tls, and Bun is shown beside ours', () => {
  const over = (name: string, peer: string, cpuMicroseconds: number) =>
    sample(0, name, peer, { cpuMicroseconds });
  const [tls, ...others] = goalTables(
    resultsOf([
      ...[over('tls-64', 'ours', 12), over('tls-64', 'bun', 13), over('tls-64', 'node', 20)],
      ...[over('tls-churn', 'ours', 240), over('tls-churn', 'node', 400)],
      ...[over('tls-resumed', 'ours', 100), over('tls-resumed', 'node', 400)],
      sample(0, 'tls-idle', 'ours', { bytesPerConnection: 13_000 }),
      sample(0, 'tls-idle', 'bun', { bytesPerConnection: 9000 }),
    ]),
  );
  expect(tls).toEqual([
    ['server CPU / node:tls (target)', '@hp/ssl', '@hp/ssl, 1 I/O thread', 'Bun'],
    ['TLS 64 B, 50 connections, 1 outstanding', '0.60× (≤ 0.7) ok', '–', '0.65×'],
    ['TLS full handshake + 1 message + close', '0.60× (≤ 0.5) miss', '–', '–'],
    ['TLS resumed handshake + 1 message + close', '0.25×', '–', '–'],
    ['10,000 idle TLS connections, resident bytes each', '13,000 B (≤ 12,288) miss', '–', '9,000 B'],
  ]);
  expect(others).toEqual([]);
});

test.each([
  ['as without', { p99Microseconds: 9000 }, 'ok'],
  ['more than a few turns of the scheduler later', { p99Microseconds: 15_000 }, 'miss'],
  ['not all', { failed: 1 }, 'miss'],
])('handshakes while JavaScript is blocked: %s', (_, differences, verdict) => {
  const free = { done: 500, failed: 0, p50Microseconds: 800, p99Microseconds: 2000, maxMicroseconds: 21_000 };
  const blocked = { ...free, ...differences };
  const [table] = goalTables(
    resultsOf([], {
      handshakes: [
        { peer: 'ours-threaded', title: '@hp/ssl, 1 I/O thread', free, blocked },
        { peer: 'node', title: 'node:tls', free, blocked },
      ],
    }),
  );
  expect(table?.map((row) => row.at(-1))).toEqual(['goes on', '', verdict, '', '']);
  expect(table?.[1]).toEqual([
    '@hp/ssl, 1 I/O thread, not blocked',
    ...['500', '0', '0.8 ms', '2.0 ms', '21.0 ms', ''],
  ]);
});
