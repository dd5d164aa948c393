// SPDX-License-Identifier: Apache-2.0
// Runs the tests of the published packages, as they are built and with the addons as they are published, on every
// Node version they support.
import path from 'node:path';
import { supportedNodes } from '../../node-versions/src/index.mjs';
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

const published = {
  HP_TEST_BUILT: 'yes',
  HP_NATIVE_PATH: path.join(root, 'packages/core-native/npm/linux-x64-gnu/hp_core.node'),
  // That is not published: the tests alone have it.
  HP_TEST_FILTER_PATH: path.join(root, 'packages/core-native/build/release/hp_test_filter.node'),
  HP_SSL_NATIVE_PATH: path.join(root, 'packages/ssl/npm/linux-x64-gnu/hp_ssl.node'),
};

const nodes = supportedNodes();
if (nodes.length === 1)
  console.log('No other version of Node is installed here: they are for Linux on x64 only.');
console.log(`Left out on these versions: ${leaveOut.join(', ')}; lifecycle tests repeat a fifth as often.`);
console.log(`Of @hp/ssl: ${sslLeavesOut.join(', ')}.`);
for (const [index, { version, file }] of nodes.entries()) {
  const mode = modes[index % modes.length];
  console.log(`── ${version}, ${mode}`);
  const different = { '@hp/ssl': { leaveOut: sslLeavesOut } };
  const env = { ...published, HP_TEST_MODE: mode };
  if (!(await testPackagesAgain({ node: file, leaveOut, different, env }))) process.exitCode = 1;
}
