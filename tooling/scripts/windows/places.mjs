// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { root } from '../lib/workspace.mjs';

const build = path.join(root, 'tooling/windows/build');

export const places = {
  build,
  /** A copy of the workspace with the packages that npm has for Windows. */
  guest: path.join(build, 'guest'),
  results: path.join(root, 'test-results/windows'),
  /** The package with the C++ in it, and what is cross-built of it. */
  core: path.join(root, 'packages/core-native'),
  crossBuild: path.join(root, 'packages/core-native/build/mingw'),
};

export { root };
