// SPDX-License-Identifier: Apache-2.0
// Builds what an app needs and runs it: `node tooling/scripts/run-app.mjs <app> [arguments]`.
import path from 'node:path';
import { ensureInstalled } from './lib/install.mjs';
import { installDebianPackages } from './lib/native-tools.mjs';
import { run } from './lib/run.mjs';
import { requireToolchain } from './lib/toolchain.mjs';
import { runTurbo } from './lib/turbo.mjs';
import { root } from './lib/workspace.mjs';

const [app = '', ...args] = process.argv.slice(2);
requireToolchain();
await ensureInstalled();
if (app === 'benchmarks') await installDebianPackages(['libssl-dev', 'openssl'], 'Benchmarks over TLS');
const built = await runTurbo(['build', 'build:native', `--filter=./apps/${app}`, '--output-logs=new-only']);
process.exitCode =
  built === 0 ? await run('node', [path.join(root, 'apps', app, 'dist/cli.js'), ...args]) : built;
