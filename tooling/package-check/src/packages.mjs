// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** @typedef {Record<string, string>} Dependencies */
/**
 * @typedef {{
 *   name: string,
 *   version: string,
 *   private?: boolean,
 *   description?: string,
 *   license?: string,
 *   type?: string,
 *   main?: string,
 *   files?: string[],
 *   engines?: { node?: string },
 *   os?: string[],
 *   cpu?: string[],
 *   libc?: string[],
 *   exports: Record<string, string | { types: string, default: string }>,
 *   publishConfig?: { access?: string },
 *   scripts?: Record<string, string>,
 *   dependencies?: Dependencies,
 *   optionalDependencies?: Dependencies,
 *   peerDependencies?: Dependencies,
 *   peerDependenciesMeta?: Record<string, { optional?: boolean }>,
 * }} Manifest
 */
/** @typedef {{ directory: string, manifest: Manifest }} Package */

export const root = path.resolve(import.meta.dirname, '../../..');

/** @param {string} directory @returns {Package} */
function packageIn(directory) {
  return { directory, manifest: JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8')) };
}

/** Every package that users import. There is always one: an empty list would check nothing. @param {string} [checkout] */
export function publishedPackages(checkout = root) {
  const found = readdirSync(path.join(checkout, 'packages'))
    .map((folder) => packageIn(path.join(checkout, 'packages', folder)))
    .filter(({ manifest }) => manifest.private !== true);
  if (found.length === 0) throw new Error('No published package found');
  return found;
}

/** Every package with a native addon for one platform. @param {string} [checkout] */
export function platformPackages(checkout = root) {
  return publishedPackages(checkout)
    .map(({ directory }) => path.join(directory, 'npm'))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((target) => packageIn(path.join(folder, target))));
}

/**
 * Runs a command, and makes this process fail when the command does.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv }} options
 */
export function mustSucceed(command, args, options) {
  const binaries = [
    path.join(root, 'tooling/package-check/node_modules/.bin'),
    path.join(root, 'node_modules/.bin'),
  ];
  const env = { ...process.env, ...options.env };
  env['PATH'] = [...binaries, env['PATH']].join(path.delimiter);
  const { error, status } = spawnSync(command, args, { stdio: 'inherit', ...options, env });
  if (error) console.error(`Cannot run ${command}: ${error.message}`);
  if (status !== 0) process.exitCode = 1;
}
