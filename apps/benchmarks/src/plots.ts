// SPDX-License-Identifier: Apache-2.0
import { drawBarChart, type BarGroup } from './bar-chart.js';
import { pauseEveryMs, pauseMs } from './block.js';
import { caseNamed, type Case, cases } from './cases.js';
import { formatMetric, formatRatio } from './format.js';
import { baselineOf, peersOf } from './peers.js';
import { Figures, type Results } from './results.js';

export interface Plot {
  file: string;
  title: string;
  svg: string;
}

interface PlotDescription {
  file: string;
  title: string;
  subtitle: string;
  groups: (results: Results) => BarGroup[];
}

/** The colour of each server, in the order of the legends. */
export const colours: ReadonlyMap<string, string> = new Map([
  ['C limit', '#9aa5b1'],
  ['C limit, 512 buffers', '#cbd2d9'],
  ['C limit, UDP_SEGMENT', '#cbd2d9'],
  ['@hp/tcp', '#0b7285'],
  ['@hp/tcp, borrowed', '#3bc9db'],
  ['@hp/tcp, 1 I/O thread', '#1864ab'],
  ['@hp/tcp, toDuplex', '#e64980'],
  ['@hp/tcp, for await', '#9775fa'],
  ['@hp/pack', '#0b7285'],
  ['@hp/pack, borrowed', '#3bc9db'],
  ['@hp/pull', '#1864ab'],
  ['@hp/udp', '#0b7285'],
  ['@hp/udp, borrowed', '#3bc9db'],
  ['@hp/udp, 1 I/O thread', '#1864ab'],
  ['@hp/ssl', '#0b7285'],
  ['@hp/ssl, borrowed', '#3bc9db'],
  ['@hp/ssl, 1 I/O thread', '#1864ab'],
  ['Bun', '#f08c00'],
  ['Bun, TLS', '#f08c00'],
  ['Bun.udpSocket', '#f08c00'],
  ['node:net', '#74b816'],
  ['node:tls', '#74b816'],
  ['node:dgram', '#74b816'],
  ['framing on node:net', '#74b816'],
]);

const descriptions: readonly PlotDescription[] = [
  {
    file: 'cpu-per-message.svg',
    title: 'Server CPU time per message, relative to the C limit',
    subtitle:
      'Median of the ratios within each round; shorter is better. In brackets: microseconds per message.',
    groups: (results) => relativeGroups(results, undefined),
  },
  {
    file: 'cpu-per-framed-message.svg',
    title: 'Server CPU time per pack or fetched message, relative to the C limit',
    subtitle:
      'Median of the ratios within each round; shorter is better. The limit parses nothing. In brackets: microseconds.',
    groups: (results) => relativeGroups(results, 'framed'),
  },
  {
    file: 'cpu-per-datagram.svg',
    title: 'Server CPU time per datagram, relative to the C limit',
    subtitle:
      'Median of the ratios within each round; shorter is better. In brackets: microseconds per datagram.',
    groups: (results) => relativeGroups(results, 'udp'),
  },
  {
    file: 'cpu-over-tls.svg',
    title: 'Server CPU time per message over TLS, relative to node:tls',
    subtitle:
      'Median of the ratios within each round; shorter is better. In brackets: microseconds per message.',
    groups: (results) => relativeGroups(results, 'tls'),
  },
  {
    file: 'ping-pong-latency.svg',
    title: 'Round trip of one 64 B message on one connection or UDP socket',
    subtitle: 'Median of the rounds; shorter is better.',
    groups: (results) => [
      { label: 'TCP, p50', bars: bars(results, caseNamed('ping-pong')) },
      { label: 'UDP, p50', bars: bars(results, caseNamed('udp-ping-pong')) },
    ],
  },
  {
    file: 'idle-memory.svg',
    title: 'Resident memory per idle connection',
    subtitle: 'Bytes, with 10,000 connections; shorter is better.',
    groups: (results) => [{ label: '10,000 idle connections', bars: bars(results, caseNamed('idle')) }],
  },
  {
    file: 'tls-idle-memory.svg',
    title: 'Resident memory per idle TLS connection',
    subtitle: 'Bytes, with 10,000 connections; shorter is better.',
    groups: (results) => [{ label: '10,000 idle connections', bars: bars(results, caseNamed('tls-idle')) }],
  },
  {
    file: 'blocked.svg',
    title: 'What goes on while JavaScript is blocked for 500 ms',
    subtitle: 'Per cent of what was offered meanwhile; longer is better.',
    groups: blockedGroups,
  },
  {
    file: 'tls-handshakes-blocked.svg',
    title: `TLS handshakes while JavaScript is blocked for ${pauseMs} of ${pauseEveryMs} ms`,
    subtitle: 'Milliseconds until clients have shaken hands; shorter is better.',
    groups: handshakeGroups,
  },
];

/** A plot for each part of the results that was measured. */
export function drawPlots(results: Results): Plot[] {
  return descriptions.flatMap(({ file, title, subtitle, groups }) => {
    const measured = groups(results).filter((group) => group.bars.length > 0);
    if (measured.length === 0) return [];
    const shown = new Set(measured.flatMap((group) => group.bars.map(({ series }) => series)));
    const legend = new Map([...colours].filter(([series]) => shown.has(series)));
    const { command } = results;
    return [
      { file, title, svg: drawBarChart({ title, subtitle, command, colours: legend, groups: measured }) },
    ];
  });
}

function bars(results: Results, load: Case): BarGroup['bars'] {
  const { metric } = load;
  const figures = new Figures(results);
  return peersOf(load).flatMap(({ name, title }) => {
    const value = figures.median(figures.of(load.name, metric), name);
    return value === undefined ? [] : [{ series: title, value, label: formatMetric(metric, value) }];
  });
}

function relativeGroups(results: Results, kind: Case['kind']): BarGroup[] {
  return cases
    .filter((load) => load.metric === 'cpuMicroseconds' && load.kind === kind)
    .map((load) => ({ label: load.title, bars: relativeBars(results, load) }));
}

function relativeBars(results: Results, load: Case): BarGroup['bars'] {
  const { metric } = load;
  const figures = new Figures(results);
  const figure = figures.of(load.name, metric);
  return peersOf(load).flatMap(({ name, title }) => {
    const value = figures.ratio(figure, name, baselineOf(load).name);
    const label = `${formatRatio(value)} (${formatMetric(metric, figures.median(figure, name))})`;
    return value === undefined ? [] : [{ series: title, value, label }];
  });
}

function blockedGroups({ blocked }: Results): BarGroup[] {
  const parts = [
    ['connections accepted', 'accepted'],
    ['bytes received', 'receivedBytes'],
    ['queued bytes sent', 'sentBytes'],
  ] as const;
  return parts.map(([label, part]) => ({
    label,
    bars: blocked.map((sample) => {
      const value = (100 * sample[part].done) / sample[part].of;
      return { series: sample.title, value, label: `${value.toFixed(0)} %` };
    }),
  }));
}

function handshakeGroups({ handshakes = [] }: Results): BarGroup[] {
  const parts = [
    ['p50', 'p50Microseconds'],
    ['p99', 'p99Microseconds'],
    ['max', 'maxMicroseconds'],
  ] as const;
  return parts.map(([label, part]) => ({
    label,
    bars: handshakes.map(({ title, blocked }) => {
      const value = blocked[part] / 1000;
      return { series: title, value, label: `${value.toFixed(1)} ms` };
    }),
  }));
}
