// SPDX-License-Identifier: Apache-2.0
import { isOnPath } from './path.mjs';

const compilers = [process.env['CXX'], 'c++', 'g++', 'clang++'].filter((name) => name !== undefined);

/** Ends the process with one sentence when the native core cannot be built on this machine. */
export function requireToolchain() {
  const missing = [
    isOnPath('cmake') ? [] : ['cmake'],
    isOnPath('make') || isOnPath('ninja') ? [] : ['make'],
    compilers.some(isOnPath) ? [] : ['a C++ compiler'],
  ].flat();
  if (missing.length === 0) return;

  const list = new Intl.ListFormat('en').format(missing);
  console.error(
    `Building the native core needs ${list}; on Debian or Ubuntu: apt-get install cmake make g++`,
  );
  process.exit(1);
}
