// SPDX-License-Identifier: Apache-2.0
import type { Options } from 'tsup';

const config: Options[] = [
  {
    entry: ['src/index.ts', 'src/tcp.ts', 'src/ssl.ts'],
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    clean: true,
    // tsup sets baseUrl, which TypeScript 6 accepts only with this.
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
  },
];

export default config;
