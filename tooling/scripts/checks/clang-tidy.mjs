// SPDX-License-Identifier: Apache-2.0
// Runs clang-tidy over the C++ sources of every package that has C++ tests.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { buildPreset } from '../lib/cmake.mjs';
import { run } from '../lib/run.mjs';
import { workspacePackages } from '../lib/workspace.mjs';

/**
 * How each source of the package is compiled: the addon's in the release build, the rest in the debug build.
 *
 * @param {string} directory
 */
async function compileCommands(directory) {
  const byFile = new Map();
  for (const preset of ['debug', 'release']) {
    await buildPreset(directory, preset);
    const file = path.join(directory, 'build', preset, 'compile_commands.json');
    for (const command of JSON.parse(readFileSync(file, 'utf8'))) byFile.set(command.file, command);
  }
  return [...byFile.values()];
}

for (const { directory, manifest } of workspacePackages()) {
  if (manifest.scripts?.['test:native'] === undefined) continue;
  const database = path.join(directory, 'build/tidy');
  mkdirSync(database, { recursive: true });
  const commands = await compileCommands(directory);
  writeFileSync(path.join(database, 'compile_commands.json'), JSON.stringify(commands));

  const jobs = String(availableParallelism());
  // Compilation may be GCC's, whose warning options clang does not all know.
  const options = ['-quiet', '-extra-arg=-Wno-unknown-warning-option', '-j', jobs, '-p', database];
  const code = await run('run-clang-tidy', [...options, `${directory}/native/`]);
  if (code !== 0) process.exitCode = 1;
}
