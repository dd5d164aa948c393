// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { foldersFor } from './headers.mjs';
import { isOnPath } from './path.mjs';
import { run } from './run.mjs';
import { requireToolchain } from './toolchain.mjs';

/**
 * Configures one CMake preset of the package in `directory`; ends the process when that fails.
 *
 * @param {string} directory
 * @param {string} preset
 * @param {readonly string[]} [options] further options of the configuration, such as `-DHP_FUZZ_SECONDS=600`
 */
export async function configurePreset(directory, preset, options = []) {
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
  await cmake(directory, configure);
}

/**
 * Configures and builds one CMake preset of the package in `directory`; ends the process when that fails.
 *
 * @param {string} directory
 * @param {string} preset
 * @param {readonly string[]} [options] as of {@link configurePreset}
 * @param {readonly string[]} [targets] what is built, where it is not everything
 */
export async function buildPreset(directory, preset, options = [], targets = []) {
  await configurePreset(directory, preset, options);
  const parallel = ['--parallel', String(availableParallelism())];
  const only = targets.length === 0 ? [] : ['--target', ...targets];
  await cmake(directory, ['--build', '--preset', preset, ...parallel, ...only]);
}

/** @param {string} cwd @param {readonly string[]} args */
async function cmake(cwd, args) {
  const code = await run('cmake', args, { cwd });
  if (code !== 0) process.exit(code);
}
