// SPDX-License-Identifier: Apache-2.0
// `npm run check`: the checks that are not tests. They follow `npm test`, whose results some of them read.
import { ensureInstalled } from './lib/install.mjs';
import { runAndKeepTail } from './lib/run.mjs';
import { root } from './lib/workspace.mjs';

/** @type {Record<string, string[]>} */
const checks = {
  build: ['node', 'tooling/scripts/turbo.mjs', 'build', 'build:native', '--output-logs=new-only'],
  'skipped tests': ['node', 'tooling/scripts/checks/skipped-tests.mjs'],
  'layer check': ['node', 'tooling/layer-check/src/cli.mjs'],
  'API reference': ['node', 'tooling/scripts/docs.mjs'],
  'C++ format': ['node', 'tooling/scripts/checks/clang-format.mjs'],
  'clang-tidy': ['node', 'tooling/scripts/checks/clang-tidy.mjs'],
  'address sanitizer': ['node', 'tooling/scripts/turbo.mjs', 'test:asan', '--output-logs=new-only'],
  'addon under address sanitizer': ['node', 'tooling/scripts/checks/addon-asan.mjs'],
  'thread sanitizer': ['node', 'tooling/scripts/turbo.mjs', 'test:tsan', '--output-logs=new-only'],
  'fuzzing for a minute': [
    'node',
    'tooling/scripts/turbo.mjs',
    'test:fuzz',
    'test:fuzz:unit',
    '--output-logs=new-only',
  ],
  'published addons': ['node', 'tooling/scripts/build-binaries.mjs'],
  'built packages on each Node': ['node', 'tooling/scripts/checks/node-versions.mjs'],
  'testssl.sh': ['node', 'tooling/scripts/checks/tls.mjs'],
  'tests on Windows': ['node', 'tooling/scripts/test-windows.mjs'],
  publint: ['node', 'tooling/package-check/src/publint.mjs'],
  attw: ['node', 'tooling/package-check/src/attw.mjs'],
  'package structure': ['node', 'tooling/package-check/src/structure.mjs'],
  'unused code': ['node_modules/.bin/knip'],
  'package install': ['npm', 'run', '--silent', 'check:install'],
  'demo smoke runs': ['npm', 'run', 'demo', '--', '--smoke'],
};

await ensureInstalled();
/** @type {Map<string, string>} */
const failed = new Map();
for (const [name, [command = '', ...args]] of Object.entries(checks)) {
  console.log(`\n── ${name}`);
  const start = performance.now();
  const { code, tail } = await runAndKeepTail(command, args, { cwd: root });
  console.log(`${name}: ${Math.round((performance.now() - start) / 1000)} s`);
  if (code !== 0) failed.set(name, tail);
}
// What failed is said again here: the end of a long log is what is read first.
for (const [name, tail] of failed) console.log(`\n── failed: ${name}\n${tail}`);
const names = [...failed.keys()].join(', ');
console.log(failed.size === 0 ? '\nEvery check passed.' : `\nFailed checks: ${names}`);
process.exitCode = failed.size === 0 ? 0 : 1;
