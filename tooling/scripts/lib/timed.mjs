// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** The exit code of what ran out of time, as timeout(1) has it. */
export const timedOut = 124;

/**
 * Runs a command whose output goes to a file: node.exe cannot write to a Unix pipe.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, output: string, timeoutMs: number }} options
 *   after `timeoutMs` the command and what it has started are killed
 * @returns {Promise<number>} the exit code
 */
export function runTimed(command, args, { output, timeoutMs, ...options }) {
  const file = openSync(output, 'w');
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', file, file], detached: true });
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      process.kill(-Number(child.pid), 'SIGKILL');
    }, timeoutMs);
    /** @param {number} code */
    const end = (code) => {
      clearTimeout(timer);
      resolve(code);
    };
    child.once('error', () => end(127));
    child.once('close', (code) => end(isLate ? timedOut : (code ?? 1)));
    closeSync(file);
  });
}
