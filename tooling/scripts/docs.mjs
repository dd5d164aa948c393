// SPDX-License-Identifier: Apache-2.0
// `npm run docs`: writes the API reference to docs/api. A warning fails it, so it is a check too.
import { ensureInstalled } from './lib/install.mjs';
import { run } from './lib/run.mjs';
import { root } from './lib/workspace.mjs';

await ensureInstalled();
process.exitCode = await run('node', ['tooling/api-docs/src/cli.mjs'], { cwd: root });
