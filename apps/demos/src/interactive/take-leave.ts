// SPDX-License-Identifier: Apache-2.0
import { setTimeout } from 'node:timers/promises';
import type { Component, MultiStreamComponent, StreamClient } from '@hp/core-native';

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
  await stopOnce(agent, () => !leaving.some((id) => agent.isConnected(id)));
}

/** Stops a component once `isDone`, or when that takes too long. */
export async function stopOnce(component: Component, isDone: () => boolean): Promise<void> {
  const deadline = performance.now() + GRACE_MS;
  while (!isDone() && performance.now() < deadline) await setTimeout(POLL_MS);
  await component.stop();
}
