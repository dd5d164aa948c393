// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Runs a command on this terminal and resolves to its exit code.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>}
 */
export async function run(command, args, options = {}) {
  // Ctrl-C reaches the child too; this process stays to report how the child took it.
  const ignore = () => {};
  process.on('SIGINT', ignore);
  try {
    return await new Promise((resolve) => {
      const child = spawn(command, args, { stdio: 'inherit', ...options });
      child.once('error', (error) => {
        console.error(`Cannot run ${command}: ${error.message}`);
        resolve(127);
      });
      child.once('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    });
  } finally {
    process.off('SIGINT', ignore);
  }
}
