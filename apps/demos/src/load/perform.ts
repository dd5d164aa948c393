// SPDX-License-Identifier: Apache-2.0
import { type ConnectionSettings, ErrorCode, HpSocketError } from '@hp/tcp';
import { count, quantity, megabytes, seconds } from '../console/text.js';
import { DemoFailure } from '../failure.js';
import type { OptionValues } from '../options/letters.js';
import { LiveRate } from './live-rate.js';
import { type Lane, Load, type LoadPlan } from './load.js';
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

/** Connections are congested early, so that many of them need little memory. */
export const loadMarks: Pick<ConnectionSettings, 'highWaterMarkBytes' | 'lowWaterMarkBytes'> = {
  highWaterMarkBytes: 256 * 1024,
  lowWaterMarkBytes: 64 * 1024,
};

/** The load that options ask for. */
export function toLoad(options: LoadOptions): Load {
  const { connections, rounds, size, interval } = options;
  const plan: LoadPlan = { connections, rounds, size, intervalMs: 1000 * interval };
  return new Load(plan);
}

/**
 * Connects, sends the load and reports.
 * @throws DemoFailure unless what was planned was sent, came back, and was right.
 */
export async function perform(
  load: Load,
  { address, port, server }: Target,
  connections: readonly Promise<Lane>[],
): Promise<void> {
  const { rounds, size } = load.plan;
  const lanes = await allOf(connections, server);
  console.log(
    `${quantity(lanes.length, 'connection')} to ${address}:${port}, ${quantity(rounds, 'round')} of ${quantity(size, 'byte')}`,
  );
  const startedAt = performance.now();
  const rate = new LiveRate();
  await watch(load.run(lanes), load.tally, () => describe(load, rate));
  report(load, performance.now() - startedAt);
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
  const hint = isRefused ? ` Start a server first: npm run demo -- ${server}` : '';
  throw new DemoFailure(`${reasons.length} of ${attempts.length} connections failed. ${reason}${hint}`);
}

function describe(load: Load, rate: LiveRate): string {
  const { sentBytes, receivedBytes } = load.tally;
  return [
    `round ${count(load.rounds)} of ${count(load.plan.rounds)}`,
    `sent ${megabytes(sentBytes)}`,
    `received ${megabytes(receivedBytes)}`,
    `${megabytes(rate.update(receivedBytes))}/s`,
  ].join('  ');
}

function report(load: Load, elapsedMs: number): void {
  const { sentBytes, receivedBytes, errors } = load.tally;
  const perSecond = receivedBytes / (elapsedMs / 1000);
  console.log(`  expected  ${quantity(load.expectedBytes, 'byte')}`);
  console.log(`  sent      ${quantity(sentBytes, 'byte')}`);
  console.log(`  received  ${quantity(receivedBytes, 'byte')}, ${quantity(errors, 'error')}`);
  console.log(`  elapsed   ${seconds(elapsedMs)}`);
  console.log(
    `  rate      ${count(perSecond / load.plan.size)} messages/s, ${megabytes(perSecond)}/s each way`,
  );
  if (!load.isPassed) throw new DemoFailure(load.tally.problem || 'the sums differ');
  console.log('PASSED: sent = received = rounds × connections × length, and every byte was right');
}
