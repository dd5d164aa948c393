// SPDX-License-Identifier: Apache-2.0
import type { Component, ComponentStats } from '@hp/tcp';

/** The counters of a component, once it has received nothing for a while. */
export async function stalled(component: Component): Promise<ComponentStats> {
  let stats = component.stats();
  for (let quiet = 0; quiet < 10;) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { bytesReceived } = stats;
    stats = component.stats();
    quiet = stats.bytesReceived === bytesReceived ? quiet + 1 : 0;
  }
  return stats;
}
