// SPDX-License-Identifier: Apache-2.0
import type { Options } from 'tsup';

const config: Options = {
  entry: ['src/*.ts'],
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  clean: true,
};

export default config;
