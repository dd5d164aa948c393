// SPDX-License-Identifier: Apache-2.0
// The native addons that are published, each in a package of its own.
import path from 'node:path';
import { root } from '../lib/workspace.mjs';

/** @typedef {'linux-x64-gnu' | 'win32-x64'} Target */
/**
 * @typedef {{
 *   directory: string,
 *   addon: string,
 *   target: Target,
 *   built: string,
 *   published: string,
 * }} Binary `directory` of the package that it is the addon of; the files as they are `built` and `published`
 */

/** @type {Record<Target, string>} Where a build leaves what it makes. */
const builds = { 'linux-x64-gnu': 'build/release/portable', 'win32-x64': 'build/mingw' };

const addons = { 'core-native': 'hp_core', ssl: 'hp_ssl' };

/** @type {Binary[]} */
export const binaries = Object.entries(addons).flatMap(([name, addon]) => {
  const directory = path.join(root, 'packages', name);
  const targets = /** @type {[Target, string][]} */ (Object.entries(builds));
  return targets.map(([target, build]) => ({
    directory,
    addon,
    target,
    built: path.join(directory, build, `${addon}.node`),
    published: path.join(directory, 'npm', target, `${addon}.node`),
  }));
});
