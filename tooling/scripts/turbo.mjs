// SPDX-License-Identifier: Apache-2.0
// Runs turbo tasks on a clone in any state: `node tooling/scripts/turbo.mjs <task...> [turbo options]`.
import { ensureInstalled } from './lib/install.mjs';
import { runTurbo } from './lib/turbo.mjs';

await ensureInstalled();
process.exitCode = await runTurbo(process.argv.slice(2), process.cwd());
