// SPDX-License-Identifier: Apache-2.0
import type { Metric } from './results.js';

/** A load that every server is put under in turn. */
export interface Case {
  name: string;
  title: string;
  /** The figure that counts; the others are shown beside it. */
  metric: Metric;
  /** Options of the load generator. */
  load: readonly string[];
  /**
   * Framed cases are only for servers that say so: they must cut the stream into messages. Those over TLS
   * and UDP have servers of their own.
   */
  kind?: 'framed' | 'tls' | 'udp';
  /** Fewer rounds than the others, where a round is long and its figure steady. */
  maxRounds?: number;
}

export const cases: readonly Case[] = [
  {
    name: 'echo-50',
    title: '64 B, 50 connections, 1 outstanding',
    metric: 'cpuMicroseconds',
    load: ['--connections', '50'],
  },
  {
    name: 'echo-1000',
    title: '64 B, 1,000 connections, 1 outstanding',
    metric: 'cpuMicroseconds',
    load: ['--connections', '1000'],
  },
  {
    name: 'burst',
    title: '1 KiB bursts of 16 × 64 B, 50 connections',
    metric: 'cpuMicroseconds',
    load: ['--connections', '50', '--outstanding', '16', '--burst', '16'],
  },
  {
    name: 'large',
    title: '64 KiB, 10 connections',
    metric: 'cpuMicroseconds',
    load: ['--connections', '10', '--size', '65536'],
  },
  {
    name: 'churn',
    title: 'connect + 1 message + close',
    metric: 'cpuMicroseconds',
    load: ['--mode', 'churn', '--connections', '50'],
  },
  {
    name: 'ping-pong',
    title: '1 connection ping-pong, p50 latency',
    metric: 'p50Microseconds',
    load: ['--connections', '1'],
  },
  {
    name: 'idle',
    title: '10,000 idle connections, resident bytes each',
    metric: 'bytesPerConnection',
    load: ['--mode', 'idle', '--connections', '10000'],
    maxRounds: 3,
  },
  {
    name: 'echo-10000',
    title: '64 B, 10,000 connections, 1 outstanding',
    metric: 'cpuMicroseconds',
    load: ['--connections', '10000'],
  },
  {
    name: 'pack',
    title: 'packs of 64 B, 50 connections, 32 outstanding',
    metric: 'cpuMicroseconds',
    kind: 'framed',
    load: ['--framing', 'pack', '--connections', '50', '--outstanding', '32', '--size', '68'],
  },
  {
    name: 'pack-1k',
    title: 'packs of 1 KiB, 50 connections, 32 outstanding',
    metric: 'cpuMicroseconds',
    kind: 'framed',
    load: ['--framing', 'pack', '--connections', '50', '--outstanding', '32', '--size', '1028'],
  },
  {
    name: 'pack-64k',
    title: 'packs of 64 KiB, 10 connections',
    metric: 'cpuMicroseconds',
    kind: 'framed',
    load: ['--framing', 'pack', '--connections', '10', '--size', '65540'],
  },
  {
    name: 'pack-4m',
    title: 'packs of 4 MiB - 1, 4 connections',
    metric: 'cpuMicroseconds',
    kind: 'framed',
    load: ['--framing', 'pack', '--connections', '4', '--size', '4194307'],
  },
  {
    name: 'pull',
    title: 'head + body of 64 B, 50 connections, 32 outstanding',
    metric: 'cpuMicroseconds',
    kind: 'framed',
    load: ['--framing', 'pack', '--connections', '50', '--outstanding', '32', '--size', '68'],
  },
  {
    name: 'udp-64',
    title: 'UDP 64 B, 20 sockets, 8 outstanding',
    metric: 'cpuMicroseconds',
    kind: 'udp',
    load: ['--transport', 'udp', '--connections', '20', '--outstanding', '8'],
  },
  {
    name: 'udp-1200',
    title: 'UDP 1,200 B, 20 sockets, 8 outstanding',
    metric: 'cpuMicroseconds',
    kind: 'udp',
    load: ['--transport', 'udp', '--connections', '20', '--outstanding', '8', '--size', '1200'],
  },
  {
    name: 'udp-ping-pong',
    title: 'UDP 1 socket ping-pong, p50 latency',
    metric: 'p50Microseconds',
    kind: 'udp',
    load: ['--transport', 'udp', '--connections', '1'],
  },
  {
    name: 'tls-64',
    title: 'TLS 64 B, 50 connections, 1 outstanding',
    metric: 'cpuMicroseconds',
    kind: 'tls',
    load: ['--transport', 'tls', '--connections', '50'],
  },
  {
    name: 'tls-16k',
    title: 'TLS 16 KiB, 10 connections',
    metric: 'cpuMicroseconds',
    kind: 'tls',
    load: ['--transport', 'tls', '--connections', '10', '--size', '16384'],
  },
  {
    name: 'tls-churn',
    title: 'TLS full handshake + 1 message + close',
    metric: 'cpuMicroseconds',
    kind: 'tls',
    load: ['--transport', 'tls', '--mode', 'churn', '--connections', '50'],
  },
  {
    name: 'tls-resumed',
    title: 'TLS resumed handshake + 1 message + close',
    metric: 'cpuMicroseconds',
    kind: 'tls',
    load: ['--transport', 'tls', '--session', 'resumed', '--mode', 'churn', '--connections', '50'],
  },
  {
    name: 'tls-idle',
    title: '10,000 idle TLS connections, resident bytes each',
    metric: 'bytesPerConnection',
    kind: 'tls',
    load: ['--transport', 'tls', '--mode', 'idle', '--connections', '10000'],
    maxRounds: 3,
  },
];

export function caseNamed(name: string): Case {
  const found = cases.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no case ${name}`);
  return found;
}

/** Measurements that are not a load on each server in turn. */
const specialCases = ['blocked', 'tls-blocked', 'import'] as const;

export const caseNames: readonly string[] = [...cases.map(({ name }) => name), ...specialCases];
