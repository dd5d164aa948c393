// SPDX-License-Identifier: Apache-2.0
// `npm test`: installs, builds, checks format, lint and types, and runs every test of the workspace.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled } from './lib/install.mjs';
import { installNativeTools, installWebTools } from './lib/native-tools.mjs';
import { run } from './lib/run.mjs';
import { collectTestResults, removeTestResults } from './lib/test-results.mjs';
import { requireToolchain } from './lib/toolchain.mjs';
import { runTurbo } from './lib/turbo.mjs';
import { root } from './lib/workspace.mjs';

requireToolchain();
await ensureInstalled();
const scriptsLeftOut = (await installNativeTools()) ? [] : ['test:native'];
const testScripts = ['test:unit', 'test:native'].filter((script) => !scriptsLeftOut.includes(script));
await installWebTools();
removeTestResults();

const turboOptions = ['--continue=always', '--output-logs=new-only'];
/** @type {Record<string, () => Promise<number>>} */
const steps = {
  build: () => runTurbo(['build', 'build:native', ...turboOptions]),
  format: () => run('npm', ['run', '--silent', 'format:check'], { cwd: root }),
  'lint and types': () => runTurbo(['lint', 'lint:root', 'typecheck', 'typecheck:root', ...turboOptions]),
  // One at a time: the tests measure time, memory and descriptors.
  tests: () => runTurbo([...testScripts, '--concurrency=1', ...turboOptions]),
};

const failedSteps = [];
for (const [name, step] of Object.entries(steps)) {
  console.log(`\n── ${name}`);
  if ((await step()) !== 0) failedSteps.push(name);
}

const results = collectTestResults(scriptsLeftOut);
mkdirSync(path.join(root, 'test-results'), { recursive: true });
writeFileSync(path.join(root, 'test-results/tests.json'), JSON.stringify(results));

console.log('');
for (const { name, outcome } of results) if (outcome !== 'passed') console.log(`${outcome}: ${name}`);
if (failedSteps.length > 0) console.log(`Failed: ${failedSteps.join(', ')}`);
const count = (/** @type {string} */ wanted) => results.filter(({ outcome }) => outcome === wanted).length;
console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
process.exitCode = failedSteps.length === 0 && count('failed') === 0 ? 0 : 1;
