// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** How many lines of a command's output are kept to be shown again. */
const tailLines = 60;

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

/**
 * Runs a command, shows what it prints, and keeps the end of it.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ code: number, tail: string }>} the exit code and the last lines printed
 */
export function runAndKeepTail(command, args, options = {}) {
  return new Promise((resolve) => {
    let tail = '';
    const child = spawn(command, args, { ...options, stdio: ['inherit', 'pipe', 'pipe'] });
    /** @param {Buffer} data */
    const keep = (data) => {
      process.stdout.write(data);
      tail = `${tail}${data}`.split('\n').slice(-tailLines).join('\n');
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => resolve({ code: 127, tail: `Cannot run ${command}: ${error.message}` }));
    child.once('close', (code) => resolve({ code: code ?? 1, tail }));
  });
}
