// SPDX-License-Identifier: Apache-2.0
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/**
 * Whether `command` can be run: a name found on PATH, or a path.
 *
 * @param {string} command
 */
export function isOnPath(command) {
  const directories = command.includes('/') ? [''] : (process.env['PATH'] ?? '').split(path.delimiter);
  return directories.some((directory) => {
    try {
      accessSync(path.join(directory, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
