// SPDX-License-Identifier: Apache-2.0
// Runs the tests of the published packages on every other Node version they support, on the same
// build of the addon: one binary serves them all.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { testPackagesAgain } from '../lib/vitest.mjs';
import { root } from '../lib/workspace.mjs';

// What these test is decided by the native core and the kernel alone, whatever the version of Node.
// `npm test` runs them on the oldest version.
const leaveOut = [
  'descriptor-limit',
  'detection',
  'detection-blocked',
  'interop-tools',
  'networks',
  'server-any-order',
  'server-flood',
  'server-many-peers',
  'sweeps-and-timeouts',
  'third-parties',
];

// Of the tests of @hp/ssl, whose handshakes take time, run those of what another OpenSSL could change.
const sslLeavesOut = [
  'adapters',
  'imports',
  'interop-curl',
  'interop-openssl',
  'lifecycle/keeps-process-alive',
  'lifecycle/restarts',
  'lifecycle/workers',
  'load-binding',
  'memory/*',
  'readme',
];

// The versions share the modes of the reactors, so that each test runs in every mode on one of them. `npm test` runs all on one.
const modes = ['inline', 'one thread', 'two threads'];

const home = path.join(root, 'tooling/node-versions');
/** @type {{ optionalDependencies: Record<string, string> }} */
const { optionalDependencies } = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8'));

console.log(`Left out on these versions: ${leaveOut.join(', ')}; lifecycle tests repeat a fifth as often.`);
console.log(`Of @hp/ssl: ${sslLeavesOut.join(', ')}.`);
for (const [index, name] of Object.keys(optionalDependencies).entries()) {
  const node = path.join(home, 'node_modules', name, 'bin/node');
  if (!existsSync(node)) {
    console.log(`${name} is not installed here: it is for Linux on x64 only.`);
    continue;
  }
  const mode = modes[index % modes.length];
  console.log(`── ${name}, ${mode}`);
  const different = { '@hp/ssl': { leaveOut: sslLeavesOut } };
  const passed = await testPackagesAgain({ node, leaveOut, different, env: { HP_TEST_MODE: mode } });
  if (!passed) process.exitCode = 1;
}
