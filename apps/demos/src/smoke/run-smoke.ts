// SPDX-License-Identifier: Apache-2.0
import { seconds } from '../terminal/text.js';
import type { Demo } from '../demo.js';
import { DemoFailure } from '../failure.js';
import type { Launch } from './demo-process.js';

/**
 * Runs every demo briefly, one after another.
 * @throws DemoFailure where one does not do what it should.
 */
export async function runSmoke(demos: readonly Demo[], launch: Launch): Promise<void> {
  const failed: string[] = [];
  for (const { name, smoke } of demos) {
    const startedAt = performance.now();
    try {
      await smoke(launch);
      console.log(`passed  ${name} (${seconds(performance.now() - startedAt)})`);
    } catch (error) {
      failed.push(name);
      console.log(`FAILED  ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (failed.length > 0) throw new DemoFailure(`${failed.length} of ${demos.length} demos failed`);
}
