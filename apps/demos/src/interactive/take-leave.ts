// SPDX-License-Identifier: Apache-2.0
import { setTimeout } from 'node:timers/promises';
import type { MultiStreamComponent, StreamClient } from '@hp/core-native';

const GRACE_MS = 2000;
const POLL_MS = 10;

/** Stops a client so that what it has queued still leaves, and the answers to it still arrive. */
export async function takeLeave(client: StreamClient): Promise<void> {
  if (client.end()) await client.wait(GRACE_MS);
  await client.stop();
}

/** Stops an agent in the same way. */
export async function takeLeaveOfAll(agent: MultiStreamComponent): Promise<void> {
  const leaving = agent.getAllConnectionIds().filter((id) => agent.end(id));
  const deadline = performance.now() + GRACE_MS;
  while (leaving.some((id) => agent.isConnected(id)) && performance.now() < deadline) {
    await setTimeout(POLL_MS);
  }
  await agent.stop();
}
