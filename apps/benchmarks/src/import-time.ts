// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { lastWords } from './last-words.js';
import { appRoot } from './paths.js';
import { loadCore, pinned } from './pinning.js';
import { median } from './statistics.js';

/** What importing @hp/tcp adds to the life of a fresh process, in milliseconds. */
export function measureImport(processes: number): number | undefined {
  const added = Array.from({ length: processes }, () => {
    const empty = processMilliseconds('');
    return processMilliseconds("import '@hp/tcp'") - empty;
  });
  return median(added);
}

function processMilliseconds(script: string): number {
  const [program, ...args] = pinned(loadCore, [process.execPath, '--input-type=module', '-e', script]);
  const begin = performance.now();
  const { status, stderr } = spawnSync(program, args, { cwd: appRoot, encoding: 'utf8' });
  const taken = performance.now() - begin;
  if (status !== 0) throw new Error(lastWords(stderr));
  return taken;
}
