// SPDX-License-Identifier: Apache-2.0
import type { Results, Sample } from '../src/results.js';

export function sample(round: number, caseName: string, peer: string, metrics: Sample['metrics']): Sample {
  return { round, case: caseName, peer, metrics };
}

export function resultsOf(samples: Sample[], more: Partial<Results> = {}): Results {
  return {
    command: 'npm run bench -- --case a<b',
    date: '2026-01-02T03:04:05.000Z',
    machine: 'two cores',
    rounds: 1 + Math.max(0, ...samples.map(({ round }) => round)),
    seconds: 1,
    warmupMs: 250,
    unavailable: [],
    failures: [],
    samples,
    blocked: [],
    ...more,
  };
}
