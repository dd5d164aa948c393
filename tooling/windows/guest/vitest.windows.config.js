// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { defineConfig, mergeConfig } from 'vitest/config';
import { sharedConfig } from './vitest.shared.js';

const { HP_TEST_ROUNDS: rounds = '1' } = process.env;

/** The tests as they are everywhere, those of all packages in one run, but for what skips.json names. */
export default mergeConfig(
  sharedConfig,
  defineConfig({
    test: {
      dir: 'packages',
      // A process for each file takes seconds.
      isolate: false,
      projects: Array.from({ length: Number(rounds) }, (_, index) => ({
        extends: true,
        test: { name: `round ${index + 1}` },
      })),
      setupFiles: [path.join(import.meta.dirname, 'skip-on-windows.mjs')],
    },
  }),
);
