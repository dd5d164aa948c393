// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { foldersIn } from './files.mjs';
import { checkNative } from './native.mjs';
import { checkPackages } from './packages.mjs';

/**
 * Everything in the workspace at `root` that breaks a rule, as `file:line: message`.
 *
 * @param {string} root
 */
export function checkLayers(root) {
  const packages = foldersIn(path.join(root, 'packages')).map((name) => path.join(root, 'packages', name));
  return [...packages.flatMap(checkNative), ...checkPackages(root)].map(
    ({ file, line, message }) => `${path.relative(root, file)}:${line}: ${message}`,
  );
}
