// SPDX-License-Identifier: Apache-2.0
import type { Metric } from './results.js';

const units: Record<Metric, (value: number) => string> = {
  cpuMicroseconds: (value) => `${significant(value)} µs`,
  kernelShare: (value) => `${Math.round(value * 100)} %`,
  rate: (value) => `${Math.round(value).toLocaleString('en-US')}/s`,
  p50Microseconds: (value) => `${significant(value)} µs`,
  p99Microseconds: (value) => `${significant(value)} µs`,
  residentBytes: (value) => `${(value / 1024 / 1024).toFixed(1)} MiB`,
  bytesPerConnection: (value) => `${Math.round(value).toLocaleString('en-US')} B`,
  lost: (value) => value.toLocaleString('en-US'),
};

/** Three digits that matter: 0.352, 5.31, 62.0, 1,234. */
export function significant(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3);
}

export function formatMetric(metric: Metric, value: number | undefined): string {
  return value === undefined ? '–' : units[metric](value);
}

export function formatRatio(value: number | undefined): string {
  return value === undefined ? '–' : `${value.toFixed(2)}×`;
}
