// SPDX-License-Identifier: Apache-2.0
import { ErrorCode, HpSocketError } from '@hp/tcp';
import { count, megabytes, quantity } from '../terminal/text.js';
import { DemoFailure } from '../failure.js';
import type { OptionValues } from '../options/letters.js';
import { LiveRate } from './live-rate.js';
import type { Lane, LoadPlan, Run } from './run.js';
import { watch } from './watch.js';

type LoadOption = 'address' | 'port' | 'bind' | 'connections' | 'rounds' | 'size' | 'interval';
type LoadOptions = Pick<OptionValues, LoadOption>;

/** Where the load goes. */
export interface Target extends Pick<OptionValues, 'address' | 'port'> {
  /** The command that starts such a server. */
  readonly server: string;
}

/** The options of every command that makes a load. */
export const loadOptions: readonly LoadOption[] = [
  'address',
  'port',
  'bind',
  'connections',
  'rounds',
  'size',
  'interval',
];

/** Defaults of those commands: from any own address, and as fast as it goes. */
export const loadDefaults: Partial<LoadOptions> = { bind: '', interval: 0 };

/** The load that options ask for. */
export function toPlan({ connections, rounds, size, interval }: LoadOptions): LoadPlan {
  return { connections, rounds, size, intervalMs: 1000 * interval };
}

/** What to do where nobody answers. */
export function startHint(server: string): string {
  return ` Start a server first: npm run demo -- ${server}`;
}

/**
 * Connects and sends the load, showing how it goes; returns how many milliseconds the load took.
 * @throws DemoFailure where it cannot connect, or waits in vain.
 */
export async function conduct(
  run: Run,
  { address, port, server }: Target,
  connections: readonly Promise<Lane>[],
): Promise<number> {
  const { rounds, size } = run.plan;
  const lanes = await allOf(connections, server);
  console.log(
    `${quantity(lanes.length, 'connection')} to ${address}:${port}, ${quantity(rounds, 'round')} of ${quantity(size, 'byte')}`,
  );
  const startedAt = performance.now();
  const rate = new LiveRate();
  await watch(run.run(lanes), run.tally, () => describe(run, rate));
  return performance.now() - startedAt;
}

async function allOf(connections: readonly Promise<Lane>[], server: string): Promise<Lane[]> {
  const attempts = await Promise.allSettled(connections);
  const lanes: Lane[] = [];
  const reasons: unknown[] = [];
  for (const attempt of attempts) {
    if (attempt.status === 'fulfilled') lanes.push(attempt.value);
    else reasons.push(attempt.reason);
  }
  if (reasons.length === 0) return lanes;
  const [first] = reasons;
  const reason = first instanceof Error ? first.message : String(first);
  const isRefused = HpSocketError.isInstance(first) && first.errno === ErrorCode.ConnectionRefused;
  const hint = isRefused ? startHint(server) : '';
  throw new DemoFailure(`${reasons.length} of ${attempts.length} connections failed. ${reason}${hint}`);
}

function describe(run: Run, rate: LiveRate): string {
  const { sentBytes, receivedBytes } = run.tally;
  return [
    `round ${count(run.rounds)} of ${count(run.plan.rounds)}`,
    `sent ${megabytes(sentBytes)}`,
    `received ${megabytes(receivedBytes)}`,
    `${megabytes(rate.update(receivedBytes))}/s`,
  ].join('  ');
}
