// SPDX-License-Identifier: Apache-2.0
// Builds and runs the C++ tests of the package in the working directory: `test-native.mjs <preset> [-D…]`.
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { buildPreset } from './lib/cmake.mjs';
import { run } from './lib/run.mjs';

const [preset = 'debug', ...options] = process.argv.slice(2);
const directory = process.cwd();
await buildPreset(directory, preset, options);
process.exitCode = await run(
  'ctest',
  [
    '--preset',
    preset,
    '--no-tests=error',
    '--parallel',
    String(availableParallelism()),
    '--output-junit',
    path.join(directory, `test-results/ctest-${preset}.xml`),
  ],
  { cwd: directory },
);
