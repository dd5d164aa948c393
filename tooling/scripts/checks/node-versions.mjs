// SPDX-License-Identifier: Apache-2.0
// Runs the tests of the published packages on every other Node version they support, on the same
// build of the addon: one binary serves them all.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { run } from '../lib/run.mjs';
import { root } from '../lib/workspace.mjs';

const home = path.join(root, 'tooling/node-versions');
/** @type {{ optionalDependencies: Record<string, string> }} */
const { optionalDependencies } = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8'));
const packages = readdirSync(path.join(root, 'packages')).filter((name) =>
  existsSync(path.join(root, 'packages', name, 'vitest.config.ts')),
);

let failed = false;
for (const name of Object.keys(optionalDependencies)) {
  const node = path.join(home, 'node_modules', name, 'bin/node');
  if (!existsSync(node)) {
    console.log(`${name} is not installed here: it is for Linux on x64 only.`);
    continue;
  }
  for (const each of packages) {
    console.log(`${name}: packages/${each}`);
    const cwd = path.join(root, 'packages', each);
    const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
    // The results of the run on the build machine's Node stay where they are.
    const status = await run(node, [vitest, 'run', '--reporter=dot', '--outputFile=/dev/null'], { cwd });
    failed ||= status !== 0;
  }
}
process.exitCode = failed ? 1 : 0;
