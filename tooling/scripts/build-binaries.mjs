// SPDX-License-Identifier: Apache-2.0
// `npm run build:binaries`: makes the native addons that are published, puts each into its package, and looks into it.
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { buildPreset } from './lib/cmake.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { installDebianPackages } from './lib/native-tools.mjs';
import { runTurbo } from './lib/turbo.mjs';
import { root } from './lib/workspace.mjs';
import { binaries } from './release/binaries.mjs';
import { faultsOf, tool } from './release/inspect.mjs';
import { sysroot } from './release/sysroot.mjs';

/** @import { Binary, Target } from './release/binaries.mjs' */

const tools = ['xz-utils', 'binutils', 'g++-mingw-w64-x86-64-posix', 'libgtest-dev'];

/** @type {Record<Target, (binary: Binary) => Promise<void>>} */
const build = {
  'linux-x64-gnu': ({ directory, addon }) =>
    buildPreset(directory, 'release', [`-DHP_SYSROOT=${sysroot()}`], [`${addon}_portable`]),
  'win32-x64': ({ directory, addon }) => buildPreset(directory, 'mingw', [], [addon]),
};

if (!process.version.startsWith('v20.')) {
  console.error(
    'The published addons are built with Node 20: they want nothing of OpenSSL that it does not have.',
  );
  process.exit(1);
}
await ensureInstalled();
if (!(await installDebianPackages(tools, 'The published addons'))) process.exit(1);
if ((await runTurbo(['build:native', '--output-logs=errors-only'])) !== 0) process.exit(1);

for (const binary of binaries) {
  await build[binary.target](binary);
  execFileSync(tool(binary.target, 'strip'), ['--strip-all', '-o', binary.published, binary.built]);
  const faults = faultsOf(binary);
  const name = path.relative(root, binary.published);
  console.log(`${name}: ${statSync(binary.published).size.toLocaleString('en')} bytes`);
  for (const fault of faults) console.error(`${name} ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}
