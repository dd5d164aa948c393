// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { run } from './run.mjs';
import { root } from './workspace.mjs';

// turbo does not hash the platform, and a cached addon must never cross one.
function platformTarget() {
  const libc = process.platform !== 'linux' ? '' : usesMusl() ? '-musl' : '-gnu';
  return `${process.platform}-${process.arch}${libc}`;
}

function usesMusl() {
  return readdirSync('/lib').some((name) => name.startsWith('ld-musl-'));
}

/**
 * Runs turbo in `cwd`; inside a package's folder it runs that package's tasks alone.
 *
 * @param {readonly string[]} args
 * @param {string} [cwd]
 */
export function runTurbo(args, cwd = root) {
  const binaries = path.join(root, 'node_modules/.bin');
  return run(path.join(binaries, 'turbo'), ['run', ...args], {
    cwd,
    env: {
      ...process.env,
      // turbo starts each task through pnpm, which need not be installed on the machine.
      PATH: `${binaries}${path.delimiter}${process.env['PATH'] ?? ''}`,
      HP_TARGET: platformTarget(),
      // Tests that passed on one version of Node have yet to pass on another.
      HP_NODE_VERSION: process.version,
      // The load generator of the benchmarks is built with it where it is there.
      HP_SYSTEM_OPENSSL: existsSync('/usr/include/openssl/ssl.h') ? 'yes' : 'no',
      TURBO_NO_UPDATE_NOTIFIER: '1',
      TURBO_TELEMETRY_DISABLED: '1',
    },
  });
}
