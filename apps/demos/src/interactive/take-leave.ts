// SPDX-License-Identifier: Apache-2.0
import type { SingleConnectionComponent } from '@hp/core-native';

const GRACE_MS = 2000;

/** Stops a client so that what it has queued still leaves, and the answers to it still arrive. */
export async function takeLeave(client: SingleConnectionComponent): Promise<void> {
  if (client.end()) await client.wait(GRACE_MS);
  await client.stop();
}
