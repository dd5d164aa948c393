// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { isOnPath } from './path.mjs';
import { run } from './run.mjs';
import { requireToolchain } from './toolchain.mjs';

/**
 * Configures and builds one CMake preset of the package in `directory`; ends the process when that fails.
 *
 * @param {string} directory
 * @param {string} preset
 * @param {readonly string[]} [options] further options of the configuration, such as `-DHP_FUZZ_SECONDS=600`
 */
export async function buildPreset(directory, preset, options = []) {
  requireToolchain();
  const isConfigured = existsSync(path.join(directory, 'build', preset, 'CMakeCache.txt'));
  const generator = isOnPath('ninja') ? 'Ninja' : 'Unix Makefiles';
  const require = createRequire(path.join(directory, 'package.json'));
  const configure = [
    ['--preset', preset],
    // A build tree keeps the generator it was made with.
    isConfigured ? [] : ['-G', generator],
    `-DHP_NODE_ADDON_API_DIR=${path.dirname(require.resolve('node-addon-api/package.json'))}`,
    `-DHP_NODE_API_HEADERS_DIR=${path.join(path.dirname(require.resolve('node-api-headers/package.json')), 'include')}`,
    options,
  ].flat();
  const build = ['--build', '--preset', preset, '--parallel', String(availableParallelism())];
  for (const args of [configure, build]) {
    const code = await run('cmake', args, { cwd: directory });
    if (code !== 0) process.exit(code);
  }
}
