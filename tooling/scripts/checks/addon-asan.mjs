// SPDX-License-Identifier: Apache-2.0
// Runs the tests of the published packages with an addon that AddressSanitizer and UBSan watch. Node
// is not built with them, so their libraries are loaded before it.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { buildPreset } from '../lib/cmake.mjs';
import { testPackagesAgain } from '../lib/vitest.mjs';
import { root } from '../lib/workspace.mjs';

// They measure resident memory, most of which is the sanitizer's own here, or take long in waiting for
// other programs and for the kernel; the C++ tests under sanitizers have the same ways through the core.
const leaveOut = [
  'descriptor-limit',
  'imports',
  'interop-curl',
  'interop-openssl',
  'interop-tools',
  'lifecycle/restarts',
  'memory/*',
  'networks',
  'third-parties',
];

// Of @hp/ssl, whose C++ tests run under sanitizers too, one mode: that with more to go wrong at the end of a connection.
const ssl = { leaveOut: ['lifecycle/keeps-process-alive'], env: { HP_TEST_MODE: 'one thread' } };

/** @param {string} library */
function pathOf(library) {
  const compiler = process.env['CXX'] ?? 'c++';
  const file = execFileSync(compiler, [`-print-file-name=${library}`], { encoding: 'utf8' }).trim();
  if (!path.isAbsolute(file)) throw new Error(`${compiler} has no ${library}; this check needs GCC`);
  return file;
}

/** @type {Record<string, string>} the package of each addon by the variable that names another build of it */
const addons = { HP_NATIVE_PATH: 'core-native/hp_core', HP_SSL_NATIVE_PATH: 'ssl/hp_ssl' };

/** Builds the addons, and resolves to the variables that have the packages load them. */
async function buildAddons() {
  /** @type {Record<string, string>} */
  const paths = {};
  for (const [variable, addon] of Object.entries(addons)) {
    const directory = path.join(root, 'packages', path.dirname(addon));
    await buildPreset(directory, 'addon-asan');
    paths[variable] = path.join(directory, `build/addon-asan/${path.basename(addon)}.node`);
  }
  return paths;
}

const paths = await buildAddons();
console.log(
  `Left out under the sanitizers: ${leaveOut.join(', ')}; lifecycle tests repeat a fifth as often.`,
);
console.log(`Of @hp/ssl, with one thread: ${ssl.leaveOut.join(', ')}.`);
const passed = await testPackagesAgain({
  leaveOut,
  different: { '@hp/ssl': ssl },
  env: {
    ...paths,
    LD_PRELOAD: [pathOf('libasan.so'), pathOf('libubsan.so')].join(' '),
    // Node itself frees nothing at its end.
    ASAN_OPTIONS: 'detect_leaks=0',
  },
});
process.exitCode = passed ? 0 : 1;
