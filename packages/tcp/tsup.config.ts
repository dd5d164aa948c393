// SPDX-License-Identifier: Apache-2.0
import type { Options } from 'tsup';

const config: Options = {
  entry: ['src/index.ts', 'src/server.ts', 'src/agent.ts', 'src/client.ts'],
  format: 'esm',
  target: 'node20',
  // tsup sets baseUrl, which TypeScript 6 accepts only with this.
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
  sourcemap: true,
  clean: true,
};

export default config;
