// SPDX-License-Identifier: Apache-2.0
import type { ConnectionSettings } from '@hp/tcp';
import { count, quantity, megabytes, seconds } from '../terminal/text.js';
import { DemoFailure } from '../failure.js';
import { conduct, type Target } from './conduct.js';
import type { Load } from './load.js';
import type { Lane } from './run.js';

/** Connections are congested early, so that many of them need little memory. */
export const loadMarks: Pick<ConnectionSettings, 'highWaterMarkBytes' | 'lowWaterMarkBytes'> = {
  highWaterMarkBytes: 256 * 1024,
  lowWaterMarkBytes: 64 * 1024,
};

/**
 * Connects, sends the load and reports.
 * @throws DemoFailure unless what was planned was sent, came back, and was right.
 */
export async function perform(
  load: Load,
  target: Target,
  connections: readonly Promise<Lane>[],
): Promise<void> {
  const elapsedMs = await conduct(load, target, connections);
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
