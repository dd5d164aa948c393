// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { root } from './packages.mjs';

const execute = promisify(execFile);

/**
 * Runs a command of this workspace or of the system, and resolves to what it printed.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv }} options
 */
export async function run(command, args, { cwd, env = {} }) {
  const binaries = [
    path.join(root, 'tooling/package-check/node_modules/.bin'),
    path.join(root, 'node_modules/.bin'),
  ];
  const PATH = [...binaries, process.env['PATH']].join(path.delimiter);
  try {
    const { stdout } = await execute(command, args, {
      cwd,
      env: { ...process.env, PATH, ...env },
      timeout: 600_000,
      maxBuffer: 1 << 26,
    });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = /** @type {{ stdout?: string, stderr?: string }} */ (error);
    throw new Error(`${command} ${args.join(' ')}, in ${cwd}\n${stdout}${stderr}`, { cause: error });
  }
}
