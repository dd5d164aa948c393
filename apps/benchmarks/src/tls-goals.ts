// SPDX-License-Identifier: Apache-2.0
import { pauseEveryMs, pauseMs } from './block.js';
import { caseNamed } from './cases.js';
import { formatMetric, formatRatio } from './format.js';
import type { HandshakeFigures } from './handshakes.js';
import { baselineOf } from './peers.js';
import type { Figures, Results } from './results.js';
import type { Table } from './table.js';
import { mark, measuredRows, verdict } from './verdict.js';

/** The ratio of our server's CPU time to that of node:tls; none where it is only shown. */
const ratiosAtMost: Readonly<Record<string, number | undefined>> = {
  'tls-64': 0.7,
  'tls-16k': 0.75,
  'tls-churn': 0.5,
  'tls-resumed': undefined,
};
const idleBytesAtMost = 12 * 1024;

/**
 * What the scheduler may make a ready thread wait for the core that another one keeps busy: a few turns
 * of a few milliseconds each.
 */
const schedulerShareMicroseconds = 10_000;

/** The server that has targets, and those that are shown beside it. */
const subject = 'ours';
const others: readonly (readonly [heading: string, peer: string])[] = [
  ['@hp/ssl, 1 I/O thread', 'ours-threaded'],
  ['Bun', 'bun'],
];

/** Our servers and Bun's beside node:tls. */
export function tlsTable(figures: Figures): Table {
  const ratioRows = Object.entries(ratiosAtMost).map(([name, bound]) => {
    const load = caseNamed(name);
    const figure = figures.of(name, load.metric);
    const ratio = (peer: string): number | undefined => figures.ratio(figure, peer, baselineOf(load).name);
    return row(load.title, ratio, bound, formatRatio);
  });
  const { name, title, metric } = caseNamed('tls-idle');
  const bytes = (peer: string): number | undefined => figures.median(figures.of(name, metric), peer);
  const idleRow = row(title, bytes, idleBytesAtMost, (value) => formatMetric(metric, value));
  return [
    ['server CPU / node:tls (target)', '@hp/ssl', ...others.map(([heading]) => heading)],
    ...measuredRows([...ratioRows, idleRow]),
  ];
}

type Row = readonly [title: string, ...cells: (string | undefined)[]];

function row(
  title: string,
  figure: (peer: string) => number | undefined,
  bound: number | undefined,
  format: (value: number) => string,
): Row {
  const shown = (peer: string): string | undefined => {
    const value = figure(peer);
    return value === undefined ? undefined : format(value);
  };
  const own = verdict(figure(subject), '≤', bound, format) ?? shown(subject);
  return [title, own, ...others.map(([, peer]) => shown(peer))];
}

/** How long clients wait for handshakes; only a server with a thread of its own can go on with them. */
export function handshakeTable({ handshakes = [] }: Results): Table {
  const rows = handshakes.flatMap(({ peer, title, free, blocked }) => [
    handshakeRow(`${title}, not blocked`, free, ''),
    handshakeRow(title, blocked, peer === 'ours-threaded' ? mark(goesOn(free, blocked)) : ''),
  ]);
  return [
    [
      `TLS handshakes, JavaScript blocked for ${pauseMs} of ${pauseEveryMs} ms`,
      'done',
      'failed',
      'p50',
      'p99',
      'max',
      'goes on',
    ],
    ...rows,
  ];
}

function goesOn(free: HandshakeFigures, blocked: HandshakeFigures): boolean {
  const addedMicroseconds = blocked.p99Microseconds - free.p99Microseconds;
  return blocked.failed === 0 && addedMicroseconds <= schedulerShareMicroseconds;
}

function handshakeRow(title: string, figures: HandshakeFigures, verdict: string): string[] {
  const { done, failed, p50Microseconds, p99Microseconds, maxMicroseconds } = figures;
  const times = [p50Microseconds, p99Microseconds, maxMicroseconds];
  return [
    title,
    String(done),
    String(failed),
    ...times.map((value) => `${(value / 1000).toFixed(1)} ms`),
    verdict,
  ];
}
