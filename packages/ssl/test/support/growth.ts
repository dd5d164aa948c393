// SPDX-License-Identifier: Apache-2.0
import { collectGarbage } from '@hp/testkit';

/**
 * How many bytes of memory the process has taken for each of `batches` more of what `batch` does, at least.
 * An allocator grows until it has what it needs, in three times as many batches at most; a leak never ends.
 */
export async function growthOf(batch: () => Promise<void>, batches: number, enough: number): Promise<number> {
  const residentAfter = async (): Promise<number> => {
    await batch();
    await new Promise(setImmediate);
    collectGarbage();
    return process.memoryUsage.rss();
  };
  let resident = await residentAfter();
  let growth = Infinity;
  for (let count = 0; count < batches || (growth > enough && count < 3 * batches); count++) {
    const after = await residentAfter();
    growth = Math.min(growth, after - resident);
    resident = after;
  }
  return growth;
}
