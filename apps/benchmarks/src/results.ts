// SPDX-License-Identifier: Apache-2.0
import type { BlockedSample } from './blocked.js';
import type { HandshakeSample } from './handshakes.js';
import { median } from './statistics.js';

export type Metric =
  | 'cpuMicroseconds'
  | 'kernelShare'
  | 'rate'
  | 'p50Microseconds'
  | 'p99Microseconds'
  | 'residentBytes'
  | 'bytesPerConnection'
  | 'lost';

/** What one server did in one round of one case. */
export interface Sample {
  round: number;
  case: string;
  peer: string;
  metrics: Partial<Record<Metric, number>>;
}

export interface Problem {
  what: string;
  reason: string;
}

/** Everything a run found out; the JSON file holds just this. */
export interface Results {
  command: string;
  date: string;
  machine: string;
  rounds: number;
  /** Measured time of each run, and the time each server is under load before. */
  seconds: number;
  warmupMs: number;
  unavailable: Problem[];
  failures: Problem[];
  samples: Sample[];
  blocked: BlockedSample[];
  /** Absent in results from before there was TLS. */
  handshakes?: HandshakeSample[];
  importMilliseconds?: number | undefined;
}

/** One figure of one server: in a case, or of several cases put together. */
export type Figure = (peer: string, round: number) => number | undefined;

/** The figures of a run, round by round. */
export class Figures {
  readonly #samples: ReadonlyMap<string, Sample>;
  readonly #rounds: number;

  constructor({ samples, rounds }: Pick<Results, 'samples' | 'rounds'>) {
    this.#samples = new Map(samples.map((sample) => [key(sample.case, sample.peer, sample.round), sample]));
    this.#rounds = rounds;
  }

  of(caseName: string, metric: Metric): Figure {
    return (peer, round) => this.#samples.get(key(caseName, peer, round))?.metrics[metric];
  }

  median(figure: Figure, peer: string): number | undefined {
    return median(this.#perRound((round) => figure(peer, round)));
  }

  /** The sum over the rounds, `undefined` where none has the figure. */
  total(figure: Figure, peer: string): number | undefined {
    const values = this.#perRound((round) => figure(peer, round));
    return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value);
  }

  /**
   * The median of the rounds' ratios. Servers are compared within a round, minutes of a noisy machine
   * are not compared with each other.
   */
  ratio(figure: Figure, peer: string, other: string): number | undefined {
    return median(this.#perRound((round) => divide(figure(peer, round), figure(other, round))));
  }

  #perRound(figure: (round: number) => number | undefined): number[] {
    const rounds = Array.from({ length: this.#rounds }, (_, round) => figure(round));
    return rounds.filter((value) => value !== undefined);
  }
}

/** How `figure` grows from one case to the other. */
export function growth(from: Figure, to: Figure): Figure {
  return (peer, round) => divide(to(peer, round), from(peer, round));
}

function divide(dividend: number | undefined, divisor: number | undefined): number | undefined {
  // The limit keeps no memory for an idle connection: there is no ratio to nothing.
  return dividend === undefined || !divisor ? undefined : dividend / divisor;
}

function key(caseName: string, peer: string, round: number): string {
  return `${caseName} ${peer} ${round}`;
}
