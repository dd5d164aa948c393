// SPDX-License-Identifier: Apache-2.0
// A machine with Windows programs and the means to build them.
import path from 'node:path';
import { buildPreset } from '../lib/cmake.mjs';
import { installDebianPackages } from '../lib/native-tools.mjs';
import { nativePackages, places, root } from './places.mjs';
import { runTimed } from '../lib/timed.mjs';
import { Wine } from './wine.mjs';

const packages = ['wine64', 'g++-mingw-w64-x86-64-posix', 'libgtest-dev'];
const compiler = 'x86_64-w64-mingw32-gcc-posix';

export async function installTools() {
  if (!(await installDebianPackages(packages, 'The tests on Windows'))) process.exit(1);
}

/** A Windows of its own for each name. @param {string} name */
export async function makeWindows(name) {
  const wine = await Wine.create(
    path.join(places.build, `prefix-${name}`),
    path.join(places.results, `prefix-${name}.log`),
  );
  const library = path.join(wine.systemFolder, 'bcryptprimitives.dll');
  const source = path.join(root, 'tooling/windows/shim/bcryptprimitives.c');
  const args = ['-shared', '-O1', '-o', library, source, '-ladvapi32'];
  const output = path.join(places.results, `shim-${name}.log`);
  if ((await runTimed(compiler, args, { output, timeoutMs: 30_000 })) !== 0) {
    throw new Error(`${compiler} failed; see ${output}`);
  }
  return wine;
}

/** Builds the addons and the C++ tests for Windows. */
export async function crossBuild() {
  for (const { directory } of nativePackages) await buildPreset(directory, 'mingw');
}
