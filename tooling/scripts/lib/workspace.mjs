// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * @typedef {{
 *   name: string,
 *   private?: boolean,
 *   packageManager?: string,
 *   scripts?: Record<string, string>,
 * }} Manifest
 */
/** @typedef {{ directory: string, manifest: Manifest }} WorkspacePackage */

export const root = path.resolve(import.meta.dirname, '../../..');

/**
 * @param {string} directory
 * @returns {Manifest}
 */
export function readManifest(directory) {
  return JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'));
}

/**
 * Every package of the workspace, the root left out.
 * @returns {WorkspacePackage[]}
 */
export function workspacePackages() {
  return ['packages', 'apps', 'tooling']
    .flatMap((group) => readdirSync(path.join(root, group)).map((name) => path.join(root, group, name)))
    .filter((directory) => existsSync(path.join(directory, 'package.json')))
    .map((directory) => ({ directory, manifest: readManifest(directory) }));
}
