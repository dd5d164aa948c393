// SPDX-License-Identifier: Apache-2.0

/**
 * How many, or how much, where a test wants plenty: `count`, and a tenth of it on Windows, where Wine
 * passes every call on a socket through one process.
 */
export function many(count: number): number {
  return process.platform === 'win32' ? count / 10 : count;
}
