// SPDX-License-Identifier: Apache-2.0
import type { Table } from './table.js';

/** `undefined` where nothing was measured or there is no target. */
export function verdict(
  value: number | undefined,
  sense: '≤' | '≥',
  bound: number | undefined,
  format: (value: number) => string,
): string | undefined {
  if (value === undefined || bound === undefined) return undefined;
  const isReached = sense === '≤' ? value <= bound : value >= bound;
  return `${format(value)} (${sense} ${bound.toLocaleString('en-US')}) ${mark(isReached)}`;
}

/** The rows in which anything was measured. */
export function measuredRows(
  rows: readonly (readonly [title: string, ...cells: (string | undefined)[]])[],
): Table {
  const measured = rows.filter(([, ...cells]) => cells.some((cell) => cell !== undefined));
  return measured.map((row) => row.map((cell) => cell ?? '–'));
}

export function mark(isReached: boolean): string {
  return isReached ? 'ok' : 'miss';
}
