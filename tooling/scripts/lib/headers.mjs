// SPDX-License-Identifier: Apache-2.0
// Where a native package finds what it does not have itself.
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from './workspace.mjs';

/**
 * The folder of an installed dependency of the package in `directory`.
 *
 * @param {string} directory
 * @param {string} name
 */
function dependency(directory, name) {
  return path.dirname(createRequire(path.join(directory, 'package.json')).resolve(`${name}/package.json`));
}

/**
 * The headers that come with Node, among them those of its OpenSSL: of the Node that runs this, else of the oldest that is
 * installed for tests. (The packages of some distributions have none, or use the distribution's OpenSSL.)
 */
function openSslHeaders() {
  const versions = path.join(root, 'tooling/node-versions/node_modules');
  const others = existsSync(versions) ? readdirSync(versions).sort() : [];
  const candidates = [
    path.resolve(process.execPath, '../../include/node'),
    ...others.map((name) => path.join(versions, name, 'include/node')),
  ];
  const found = candidates.find((folder) => existsSync(path.join(folder, 'openssl/ssl.h')));
  if (found !== undefined) return found;

  const list = candidates.map((folder) => `  ${folder}\n`).join('');
  console.error(
    `Building @hp/ssl needs the OpenSSL headers that come with Node. There is no openssl/ssl.h in\n${list}` +
      'Use Node from nodejs.org or from the npm package "node".',
  );
  process.exit(1);
}

/** @type {Record<string, (directory: string) => string>} */
const folders = {
  HP_NODE_ADDON_API_DIR: (directory) => dependency(directory, 'node-addon-api'),
  HP_NODE_API_HEADERS_DIR: (directory) => path.join(dependency(directory, 'node-api-headers'), 'include'),
  HP_CORE_INCLUDE_DIR: (directory) => path.join(dependency(directory, '@hp/core-native'), 'include'),
  HP_CORE_CMAKE_DIR: (directory) => path.join(dependency(directory, '@hp/core-native'), 'cmake'),
  HP_OPENSSL_INCLUDE_DIR: openSslHeaders,
};

/**
 * The CMake variables that name folders outside the package in `directory`, each with its folder: those that its
 * CMakeLists.txt asks for.
 *
 * @param {string} directory
 * @param {string} project the text of CMakeLists.txt
 * @returns {[string, string][]}
 */
export function foldersFor(directory, project) {
  return Object.entries(folders)
    .filter(([variable]) => project.includes(variable))
    .map(([variable, find]) => [variable, find(directory)]);
}
