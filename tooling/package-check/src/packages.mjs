// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** @typedef {Record<string, string>} Dependencies */
/**
 * @typedef {{
 *   name: string,
 *   private?: boolean,
 *   exports: Record<string, unknown>,
 *   dependencies?: Dependencies,
 *   peerDependencies?: Dependencies,
 * }} Manifest
 */
/** @typedef {{ directory: string, manifest: Manifest }} Package */

export const root = path.resolve(import.meta.dirname, '../../..');

/** Every package that is published, with its folder. There is always one: an empty list would check nothing. */
export function publishedPackages() {
  const found = readdirSync(path.join(root, 'packages'))
    .map((folder) => path.join(root, 'packages', folder))
    .map((directory) => {
      /** @type {Manifest} */
      const manifest = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'));
      return { directory, manifest };
    })
    .filter(({ manifest }) => manifest.private !== true);
  if (found.length === 0) throw new Error('No published package found');
  return found;
}

/**
 * A package, and those that it cannot do without. (An optional peer that is published is one that its example needs.)
 *
 * @param {Package} of
 * @param {readonly Package[]} packages
 * @returns {Package[]}
 */
export function neededBy(of, packages) {
  const { dependencies = {}, peerDependencies = {} } = of.manifest;
  const names = Object.keys({ ...dependencies, ...peerDependencies });
  const needed = packages.filter(({ manifest }) => names.includes(manifest.name));
  return [...new Set([of, ...needed.flatMap((each) => neededBy(each, packages))])];
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
