// SPDX-License-Identifier: Apache-2.0

const tests = ['test/**/*.test.ts', 'test/**/children/*.mjs'];
// CMake finds them.
const headers = ['node-addon-api', 'node-api-headers'];

/** @type {import('knip').KnipConfig} */
export default {
  workspaces: {
    '.': {
      entry: ['tooling/scripts/*.mjs', 'tooling/scripts/checks/*.mjs'],
      // Run by path, and what that runs in turn.
      ignoreDependencies: ['turbo', 'pnpm'],
    },
    'packages/*': { entry: tests },
    'packages/core-native': { entry: tests, ignoreDependencies: headers },
    'packages/ssl': { entry: tests, ignoreDependencies: headers },
    // Its path is all that a test asks for.
    'apps/demos': { ignoreDependencies: ['axe-core'] },
    // Named, so that turbo sees them change.
    'tooling/api-docs': { ignoreDependencies: ['@hp/.*'] },
    'tooling/docs-check': { ignore: ['test/support/all-exports.ts'] },
    'tooling/testkit': { entry: ['children/*.mjs', 'test/**/*.test.ts', 'test/children/*.mjs'] },
    // Linters that are run by name.
    'tooling/package-check': {
      entry: ['src/*.mjs'],
      ignoreDependencies: ['@arethetypeswrong/cli', 'publint'],
    },
    'tooling/tls-check': { entry: ['*.mjs'] },
    'tooling/windows': {
      entry: ['guest/*.{js,mjs}', 'interop/*.mjs'],
      ignoreUnresolved: ['./vitest.shared.js'],
    },
  },
  ignoreExportsUsedInFile: { interface: true, type: true },
  // Programs of Debian's packages.
  ignoreBinaries: [
    'cmake',
    'dpkg-query',
    'ip',
    'mount',
    'nm',
    'openssl',
    'taskset',
    'umount',
    '.*-w64-mingw32-.*',
  ],
};
