// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { root } from '../lib/workspace.mjs';

const build = path.join(root, 'tooling/windows/build');

export const places = {
  build,
  /** A copy of the workspace with the packages that npm has for Windows. */
  guest: path.join(build, 'guest'),
  results: path.join(root, 'test-results/windows'),
  /** Keys and certificates for the tests, and for the programs of two systems that talk to each other. */
  certificates: path.join(build, 'certificates'),
};

/** The packages with C++ in them: the folder of each, and of what is cross-built of it with which addons. */
export const nativePackages = [
  { name: 'core-native', addons: ['hp_core.node', 'hp_test_filter.node'] },
  { name: 'ssl', addons: ['hp_ssl.node'] },
].map(({ name, addons }) => {
  const directory = path.join(root, 'packages', name);
  return { name, addons, directory, crossBuild: path.join(directory, 'build/mingw') };
});

export { root };
