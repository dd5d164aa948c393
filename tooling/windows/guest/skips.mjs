// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';

/**
 * Tests that do not run on Windows, or not under Wine. Without `tests` it is the whole file; else those
 * whose full name holds one of them.
 *
 * @typedef {{ file: string, tests?: readonly string[], reason: string }} Skip
 */

/** @type {Skip[]} */
export const skips = JSON.parse(readFileSync(new URL('skips.json', import.meta.url), 'utf8'));

/**
 * Why a test does not run; nothing when it does.
 *
 * @param {string} file from the root of the repository, with slashes
 * @param {string} name the titles of its suites and its own
 */
export function reasonToSkip(file, name) {
  return skips.find((skip) => skip.file === file && (skip.tests ?? ['']).some((part) => name.includes(part)))
    ?.reason;
}
