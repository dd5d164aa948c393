// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { foldersFor } from './headers.mjs';
import { isOnPath } from './path.mjs';
import { run } from './run.mjs';
import { requireToolchain } from './toolchain.mjs';

/**
 * Configures and builds one CMake preset of the package in `directory`; ends the process when that fails.
 *
 * @param {string} directory
 * @param {string} preset
 * @param {readonly string[]} [options] further options of the configuration, such as `-DHP_FUZZ_SECONDS=600`
 * @param {readonly string[]} [targets] what is built, where it is not everything
 */
export async function buildPreset(directory, preset, options = [], targets = []) {
  requireToolchain();
  const isConfigured = existsSync(path.join(directory, 'build', preset, 'CMakeCache.txt'));
  const generator = isOnPath('ninja') ? 'Ninja' : 'Unix Makefiles';
  const project = readFileSync(path.join(directory, 'CMakeLists.txt'), 'utf8');
  const configure = [
    ['--preset', preset],
    // A build tree keeps the generator it was made with.
    isConfigured ? [] : ['-G', generator],
    foldersFor(directory, project).map(([variable, folder]) => `-D${variable}=${folder}`),
    options,
  ].flat();
  const parallel = ['--parallel', String(availableParallelism())];
  const only = targets.length === 0 ? [] : ['--target', ...targets];
  const build = ['--build', '--preset', preset, ...parallel, ...only];
  for (const args of [configure, build]) {
    const code = await run('cmake', args, { cwd: directory });
    if (code !== 0) process.exit(code);
  }
}
