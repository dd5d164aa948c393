// SPDX-License-Identifier: Apache-2.0
import { caseNamed } from './cases.js';
import { formatMetric, formatRatio } from './format.js';
import { Figures, growth, type Figure, type Results } from './results.js';
import type { Table } from './table.js';
import { handshakeTable, tlsTable } from './tls-goals.js';
import { mark, measuredRows, verdict } from './verdict.js';

/** How `subject` has to stand beside the limit and the other servers. */
interface Goal {
  title: string;
  subject: string;
  figure: (figures: Figures) => Figure;
  /** The subject's ratio to the limit. */
  toLimitAtMost?: number;
  /** The ratio of node:net or node:dgram to the subject, or of another server on it. */
  nodeAtLeast?: number;
  node?: string;
  /** The ratio of Bun to the subject. */
  bunAtLeast?: number;
}

type Bounds = Pick<Goal, 'toLimitAtMost' | 'nodeAtLeast' | 'node' | 'bunAtLeast'>;

const idleBytesAtMost = 450;
const importMillisecondsAtMost = 25;

function inCase(name: string, bounds: Bounds): Goal {
  const { title, metric } = caseNamed(name);
  return { title, subject: 'ours', figure: (figures) => figures.of(name, metric), ...bounds };
}

const goals: readonly Goal[] = [
  inCase('echo-50', { toLimitAtMost: 1.25, nodeAtLeast: 1.6, bunAtLeast: 1 }),
  inCase('echo-1000', { toLimitAtMost: 1.3, nodeAtLeast: 1.6, bunAtLeast: 1 }),
  inCase('burst', { toLimitAtMost: 1.2, nodeAtLeast: 1.6, bunAtLeast: 1 }),
  inCase('large', { toLimitAtMost: 1.6, nodeAtLeast: 1.7, bunAtLeast: 1 }),
  inCase('churn', { toLimitAtMost: 1.4, nodeAtLeast: 2, bunAtLeast: 0.95 }),
  inCase('ping-pong', { toLimitAtMost: 1.25, nodeAtLeast: 1, bunAtLeast: 0.95 }),
  inCase('idle', { nodeAtLeast: 5, bunAtLeast: 1 }),
  {
    title: 'growth of the cost per message, 50 → 10,000 connections',
    subject: 'ours',
    figure: (figures) =>
      growth(figures.of('echo-50', 'cpuMicroseconds'), figures.of('echo-10000', 'cpuMicroseconds')),
    toLimitAtMost: 1.15,
  },
  {
    ...inCase('echo-50', { toLimitAtMost: 2 }),
    title: '64 B, 50 connections, 1 outstanding; 1 I/O thread',
    subject: 'ours-threaded',
  },
  { ...inCase('pack', { toLimitAtMost: 2, nodeAtLeast: 2, node: 'node-pack' }), subject: 'ours-pack' },
  {
    ...inCase('pack', { toLimitAtMost: 1.7 }),
    title: 'the same, borrowed',
    subject: 'ours-pack-borrowed',
  },
  { ...inCase('pack-64k', { nodeAtLeast: 1.34, node: 'node-pack' }), subject: 'ours-pack' },
  inCase('udp-64', { toLimitAtMost: 1.35, nodeAtLeast: 2, bunAtLeast: 1.25 }),
  inCase('udp-1200', { toLimitAtMost: 1.35, nodeAtLeast: 2, bunAtLeast: 1.25 }),
  inCase('udp-ping-pong', { nodeAtLeast: 1 }),
];

/** The targets and whether they are reached, as far as the results go. */
export function goalTables(results: Results): Table[] {
  const figures = new Figures(results);
  const tables = [
    ratioTable(figures),
    tlsTable(figures),
    absoluteTable(results, figures),
    blockedTable(results),
    handshakeTable(results),
  ];
  return tables.filter((table) => table.length > 1);
}

/** The ratios to the limit and to each peer. */
function ratioTable(figures: Figures): Table {
  const rows = goals.map(({ title, subject, figure, node = 'node', ...bounds }) => {
    const ratio = (peer: string, other: string): number | undefined =>
      figures.ratio(figure(figures), peer, other);
    return [
      title,
      verdict(ratio(subject, 'limit'), '≤', bounds.toLimitAtMost, formatRatio),
      verdict(ratio(node, subject), '≥', bounds.nodeAtLeast, formatRatio),
      verdict(ratio('bun', subject), '≥', bounds.bunAtLeast, formatRatio),
    ] as const;
  });
  return [
    ['ratio (target)', 'ours / C limit', 'node:net, node:dgram / ours', 'Bun / ours'],
    ...measuredRows(rows),
  ];
}

function absoluteTable(results: Results, figures: Figures): Table {
  const idle = figures.median(figures.of('idle', 'bytesPerConnection'), 'ours');
  const formatBytes = (value: number): string => formatMetric('bytesPerConnection', value);
  const formatTime = (value: number): string => `${value.toFixed(1)} ms`;
  const rows = [
    ['resident bytes per idle connection', verdict(idle, '≤', idleBytesAtMost, formatBytes)],
    ['import of @hp/tcp', verdict(results.importMilliseconds, '≤', importMillisecondsAtMost, formatTime)],
  ] as const;
  return [['figure (target)', 'ours'], ...measuredRows(rows)];
}

/** What each server did while its JavaScript stood still; only one with a thread of its own can go on. */
function blockedTable({ blocked }: Results): Table {
  const rows = blocked.map(({ peer, title, accepted, receivedBytes, sentBytes }) => {
    const isWhole = [accepted, receivedBytes, sentBytes].every(({ done, of }) => done >= of);
    return [
      title,
      `${accepted.done} of ${accepted.of}`,
      `${kibibytes(receivedBytes.done)} of ${kibibytes(receivedBytes.of)} KiB`,
      `${kibibytes(sentBytes.done)} of ${kibibytes(sentBytes.of)} KiB`,
      peer === 'ours-threaded' ? mark(isWhole) : '',
    ];
  });
  return [['JavaScript blocked for 500 ms', 'accepted', 'received', 'queued sends', 'all'], ...rows];
}

function kibibytes(bytes: number): string {
  return Math.round(bytes / 1024).toLocaleString('en-US');
}
