// SPDX-License-Identifier: Apache-2.0
import { cases, type Case } from './cases.js';
import { formatMetric, formatRatio } from './format.js';
import { baselineOf, peersOf, type Peer } from './peers.js';
import { Figures, type Metric, type Results } from './results.js';
import type { Table } from './table.js';

const columns: readonly (readonly [heading: string, metric: Metric])[] = [
  ['CPU per message', 'cpuMicroseconds'],
  ['of it in the kernel', 'kernelShare'],
  ['rate', 'rate'],
  ['p50', 'p50Microseconds'],
  ['p99', 'p99Microseconds'],
  ['resident', 'residentBytes'],
  ['per idle connection', 'bytesPerConnection'],
  ['lost in all rounds', 'lost'],
];

export interface CaseTable {
  title: string;
  table: Table;
}

/** What was measured, case by case: each server's medians, and its ratio to the limit or, over TLS, to node:tls. */
export function measurementTables(results: Results): CaseTable[] {
  const figures = new Figures(results);
  return cases
    .map((load) => ({ load, measured: peersOf(load).filter((peer) => isMeasured(results, load, peer)) }))
    .filter(({ measured }) => measured.length > 0)
    .map(({ load, measured }) => ({ title: load.title, table: caseTable(figures, load, measured) }));
}

function caseTable(figures: Figures, load: Case, measured: readonly Peer[]): Table {
  const value = (metric: Metric, peer: Peer): number | undefined => {
    const figure = figures.of(load.name, metric);
    // A median would hide what was lost in few rounds.
    return metric === 'lost' ? figures.total(figure, peer.name) : figures.median(figure, peer.name);
  };
  const shown = columns.filter(([, metric]) => measured.some((peer) => value(metric, peer) !== undefined));
  const figure = figures.of(load.name, load.metric);
  const baseline = baselineOf(load);
  return [
    ['server', ...shown.map(([heading]) => heading), `/ ${baseline.title}`],
    ...measured.map((peer) => [
      peer.title,
      ...shown.map(([, metric]) => formatMetric(metric, value(metric, peer))),
      formatRatio(figures.ratio(figure, peer.name, baseline.name)),
    ]),
  ];
}

function isMeasured({ samples }: Results, load: Case, peer: Peer): boolean {
  return samples.some((sample) => sample.case === load.name && sample.peer === peer.name);
}
