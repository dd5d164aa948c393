// SPDX-License-Identifier: Apache-2.0
// Checks the format of every C++ file of the repository; with --fix, corrects it.
import { spawnSync } from 'node:child_process';
import { run } from '../lib/run.mjs';
import { root } from '../lib/workspace.mjs';

const listing = spawnSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '-z', '*.cc', '*.h', '*.c'],
  { cwd: root, encoding: 'utf8' },
);
const files = listing.stdout.split('\0').filter((file) => file !== '');
const mode = process.argv.includes('--fix') ? ['-i'] : ['--dry-run', '--Werror'];
process.exitCode = await run('clang-format', [...mode, ...files], { cwd: root });
