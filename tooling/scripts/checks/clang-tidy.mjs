// SPDX-License-Identifier: Apache-2.0
// Runs clang-tidy over the C++ sources of every package that has C++ tests.
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { configurePreset } from '../lib/cmake.mjs';
import { run } from '../lib/run.mjs';
import { workspacePackages } from '../lib/workspace.mjs';

for (const { directory, manifest } of workspacePackages()) {
  if (manifest.scripts?.['test:native'] === undefined) continue;
  // The configuration alone says how each source is compiled.
  await configurePreset(directory, 'tidy');
  const database = path.join(directory, 'build/tidy');
  const jobs = String(availableParallelism());
  // Compilation may be GCC's, whose warning options clang does not all know.
  const options = ['-quiet', '-extra-arg=-Wno-unknown-warning-option', '-j', jobs, '-p', database];
  const code = await run('run-clang-tidy', [...options, `${directory}/native/`]);
  if (code !== 0) process.exitCode = 1;
}
