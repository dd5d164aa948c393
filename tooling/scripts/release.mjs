// SPDX-License-Identifier: Apache-2.0
// `npm run release`: publishes each package whose version the registry does not have yet, with changesets. Which registry is npm's
// affair: npm_config_registry.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { run } from './lib/run.mjs';
import { runTurbo } from './lib/turbo.mjs';
import { root } from './lib/workspace.mjs';
import { binaries } from './release/binaries.mjs';
import { faultsOf } from './release/inspect.mjs';

const faults = binaries.flatMap((binary) => {
  const name = path.relative(root, binary.published);
  const found = existsSync(binary.published) ? faultsOf(binary) : ['is not there: npm run build:binaries'];
  return found.map((fault) => `${name} ${fault}`);
});
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);

if ((await runTurbo(['build', '--filter=./packages/*', '--output-logs=errors-only'])) !== 0) process.exit(1);
const binFolder = path.join(root, 'node_modules/.bin');
const env = {
  // Where, from which commit and how it was built is published too. It takes a builder that npm knows.
  npm_config_provenance: 'true',
  ...process.env,
  PATH: `${binFolder}${path.delimiter}${process.env['PATH'] ?? ''}`,
};
process.exitCode = await run('changeset', ['publish'], { cwd: root, env });
