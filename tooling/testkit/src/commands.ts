// SPDX-License-Identifier: Apache-2.0
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Whether a command is installed. */
export function hasCommand(name: string): boolean {
  const directories = (process.env['PATH'] ?? '').split(path.delimiter);
  return directories.some((directory) => {
    try {
      accessSync(path.join(directory, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Whether this process may make network namespaces. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}
