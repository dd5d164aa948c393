// SPDX-License-Identifier: Apache-2.0
import type { Options } from 'tsup';

const config: Options = {
  entry: ['src/cli.ts'],
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  // The page of the demo `console` is built by Vite.
  clean: ['!page/**'],
};

export default config;
