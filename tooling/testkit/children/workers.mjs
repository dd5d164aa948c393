// SPDX-License-Identifier: Apache-2.0
// Ends busy workers, again and again; the process must survive it. Prints how each has ended.
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

const [busy, way, times] = process.argv.slice(2);
const script = new URL('busy-worker.mjs', import.meta.url);
const endings = {};
let before = [];

/** What the process's descriptors are, where the system tells that (Linux); files are not ours: Node loses one that it reads when terminated. */
function descriptors() {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith('/') ? [] : [target.replace(/\d+/, '')];
    } catch {
      // The one that was open for the listing.
      return [];
    }
  });
}

for (let count = 0; count < Number(times); count++) {
  const worker = new Worker(script, { workerData: { busy, way } });
  let ending = 'ended';
  worker.on('error', (error) => (ending = error.message));
  // Not once(): that rejects on 'error'.
  const exited = new Promise((resolve) => worker.once('exit', resolve));
  if (way.startsWith('terminate')) {
    if (way === 'terminate when busy') await once(worker, 'message');
    else await new Promise((resolve) => setTimeout(resolve, Math.random() * 80));
    await worker.terminate();
  }
  await exited;
  endings[ending] = (endings[ending] ?? 0) + 1;
  // The first ones open some for good.
  if (count === 4) before = descriptors();
}
const leaked = descriptors();
for (const each of before) {
  if (leaked.includes(each)) leaked.splice(leaked.indexOf(each), 1);
}
console.log(JSON.stringify({ endings, leaked }));
