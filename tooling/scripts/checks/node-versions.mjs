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
  'server-flood',
  'server-many-peers',
  'sweeps-and-timeouts',
  'third-parties',
];

// Of the tests of @hp/ssl, whose handshakes take time, run those of what another OpenSSL or another end of an environment
// could change, and on each version those of one mode.
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
const sslModes = ['inline', 'one thread', 'two threads'];

const home = path.join(root, 'tooling/node-versions');
/** @type {{ optionalDependencies: Record<string, string> }} */
const { optionalDependencies } = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8'));

console.log(`Left out on these versions: ${leaveOut.join(', ')}; lifecycle tests repeat a fifth as often.`);
console.log(`Of @hp/ssl, in one mode on each: ${sslLeavesOut.join(', ')}.`);
for (const [index, name] of Object.keys(optionalDependencies).entries()) {
  const node = path.join(home, 'node_modules', name, 'bin/node');
  if (!existsSync(node)) {
    console.log(`${name} is not installed here: it is for Linux on x64 only.`);
    continue;
  }
  console.log(`── ${name}`);
  const ssl = { leaveOut: sslLeavesOut, env: { HP_TEST_MODE: sslModes[index % sslModes.length] } };
  if (!(await testPackagesAgain({ node, leaveOut, different: { '@hp/ssl': ssl } }))) process.exitCode = 1;
}
