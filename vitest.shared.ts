// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const root = import.meta.dirname;

const testkit = [
  { find: /^@hp\/testkit$/, replacement: path.join(root, 'tooling/testkit/src/index.ts') },
  { find: /^@hp\/testkit\/(docs|lifecycle)$/, replacement: path.join(root, 'tooling/testkit/src/$1.ts') },
];
const sources = [
  { find: /^@hp\/([^/]+)$/, replacement: path.join(root, 'packages/$1/src/index.ts') },
  { find: /^@hp\/([^/]+)\/([^/.]+)$/, replacement: path.join(root, 'packages/$1/src/$2.ts') },
];

/**
 * What every package's vitest has in common: tests run on the sources of all packages, or with HP_TEST_BUILT in the
 * environment on what is built of them.
 */
export const sharedConfig: ViteUserConfig = defineConfig({
  resolve: {
    alias: [...testkit, ...(process.env['HP_TEST_BUILT'] === undefined ? sources : [])],
  },
  test: {
    // Node itself loads what is built.
    server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } },
    include: ['**/{src,test}/**/*.test.ts'],
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
    // Most tests wait rather than compute: no core is kept free for the process that collects the results.
    maxWorkers: availableParallelism(),
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
