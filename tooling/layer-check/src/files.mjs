// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/**
 * A place that breaks a rule. `line` counts from 1.
 * @typedef {{ file: string, line: number, message: string }} Violation
 */

/**
 * The files under `directory` whose names match, in a stable order; none when there is no such folder.
 *
 * @param {string} directory
 * @param {RegExp} name
 */
export function filesUnder(directory, name) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !file.includes('/node_modules/'))
    .sort();
}

/** @param {string} directory */
export function foldersIn(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
