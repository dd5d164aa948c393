// SPDX-License-Identifier: Apache-2.0
import type { Options } from 'tsup';

const roles = ['src/server.ts', 'src/agent.ts', 'src/client.ts'];

// One file of JavaScript for all entry points: every further one would cost an import a millisecond or
// more. The declarations of each role tell it apart.
const config: Options[] = [
  { entry: ['src/index.ts'], format: 'esm', target: 'node20', sourcemap: true, clean: true },
  {
    entry: ['src/index.ts', ...roles],
    format: 'esm',
    // tsup sets baseUrl, which TypeScript 6 accepts only with this.
    dts: { only: true, compilerOptions: { ignoreDeprecations: '6.0' } },
  },
];

export default config;
