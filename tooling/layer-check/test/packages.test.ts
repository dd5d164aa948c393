// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { violationsIn } from './workspace.js';

const core = { 'packages/core-native/package.json': '{}', 'packages/core-native/src/index.ts': '' };

test('packages may use lower packages, tests the testkit, apps everything', () => {
  const violations = violationsIn({
    ...core,
    'packages/tcp/package.json': JSON.stringify({
      dependencies: { '@hp/core-native': 'workspace:*' },
      devDependencies: { '@hp/testkit': 'workspace:*', 'fast-check': 'catalog:' },
    }),
    'packages/tcp/src/index.ts':
      "import net from 'node:net';\nexport * from '@hp/core-native';\nimport './server.js';\n",
    'packages/tcp/test/echo.test.ts':
      "import '@hp/testkit';\nimport '../src/index.js';\nimport '@hp/tcp/server';\n",
    'packages/pack/package.json': JSON.stringify({
      peerDependencies: { '@hp/tcp': 'workspace:*' },
      peerDependenciesMeta: { '@hp/tcp': { optional: true } },
    }),
    'packages/pack/src/tcp.ts': "import '@hp/tcp';\n",
    'apps/demos/src/cli.ts': "import '@hp/tcp/server';\nimport '@hp/pack/tcp';\n",
  });

  expect(violations).toEqual([]);
});

test.each([
  ['core-native', "import '@hp/tcp';", 'may not import @hp/tcp'],
  ['core-native', "export * from '@hp/pack/tcp';", 'may not import @hp/pack/tcp'],
  ['core-native', "import type { X } from '@hp/pull';", 'may not import @hp/pull'],
  ['tcp', "await import('@hp/ssl');", 'may not import @hp/ssl'],
  ['tcp', "import '@hp/testkit';", 'may not import @hp/testkit'],
  [
    'tcp',
    "import '@hp/core-native/src/engine';",
    'imports @hp/core-native/src/engine, the inside of another package',
  ],
  ['tcp', "import '../../core-native/src/x.js';", 'imports ../../core-native/src/x.js, outside its package'],
])('in %s: %s', (name, line, message) => {
  const violations = violationsIn({
    ...core,
    [`packages/${name}/package.json`]: '{}',
    [`packages/${name}/src/bad.ts`]: `// A comment.\n${line}\n`,
  });

  expect(violations).toEqual([`packages/${name}/src/bad.ts:2: ${message}`]);
});

test('tests and private packages stay out of the sources of others', () => {
  const violations = violationsIn({
    ...core,
    'packages/core-native/test/bad.test.ts': "import '@hp/tcp';\nimport '../../tcp/src/index.js';\n",
    'apps/demos/src/bad.ts': "import '../../../packages/core-native/src/index.js';\n",
    'tooling/testkit/src/bad.ts': "import '@hp/core-native/dist/index.js';\n",
  });

  expect(violations).toEqual([
    'packages/core-native/test/bad.test.ts:1: may not import @hp/tcp',
    'packages/core-native/test/bad.test.ts:2: imports ../../tcp/src/index.js, outside its package',
    'apps/demos/src/bad.ts:1: imports ../../../packages/core-native/src/index.js, outside its package',
    'tooling/testkit/src/bad.ts:1: imports @hp/core-native/dist/index.js, the inside of another package',
  ]);
});

test('a test may use the support of the tests of a package that it may import', () => {
  const line = "import '../../tcp/test/support/sides.js';\n";
  const violations = violationsIn({
    ...core,
    'packages/core-native/test/bad.test.ts': line,
    'packages/pack/package.json': '{}',
    'packages/pack/test/good.test.ts': line,
    'packages/pack/test/bad.test.ts':
      "import '../../tcp/test/sides.js';\nimport '../../tcp/src/server.js';\n",
    'packages/pack/src/bad.ts': line,
  });

  expect(violations).toEqual([
    'packages/core-native/test/bad.test.ts:1: imports ../../tcp/test/support/sides.js, outside its package',
    'packages/pack/src/bad.ts:1: imports ../../tcp/test/support/sides.js, outside its package',
    'packages/pack/test/bad.test.ts:1: imports ../../tcp/test/sides.js, outside its package',
    'packages/pack/test/bad.test.ts:2: imports ../../tcp/src/server.js, outside its package',
  ]);
});

test('a manifest names only what its package may use', () => {
  const violations = violationsIn({
    'packages/core-native/package.json': JSON.stringify({ devDependencies: { '@hp/tcp': 'workspace:*' } }),
    'packages/tcp/package.json': JSON.stringify({ dependencies: { '@hp/ssl': 'workspace:*' } }),
    'packages/pull/package.json': JSON.stringify({
      dependencies: { '@hp/tcp': 'workspace:*' },
      peerDependencies: { '@hp/ssl': 'workspace:*' },
    }),
  });

  expect(violations).toEqual([
    'packages/core-native/package.json:1: may not have @hp/tcp in devDependencies',
    'packages/pull/package.json:1: may not have @hp/tcp in dependencies',
    'packages/pull/package.json:1: may not have @hp/ssl in peerDependencies',
    'packages/tcp/package.json:1: may not have @hp/ssl in dependencies',
  ]);
});

test('a new package needs a rule', () => {
  expect(violationsIn({ 'packages/http/package.json': '{}' })).toEqual([
    'packages/http:1: is a package without a rule',
  ]);
});

test('a package brings its own addons for platforms, and no others', () => {
  const addons = { '@hp/core-native-linux-x64-gnu': 'workspace:*' };
  const line = "require('@hp/core-native-linux-x64-gnu/hp_core.node');\n";
  const violations = violationsIn({
    ...core,
    'packages/core-native/npm/linux-x64-gnu/package.json': '{}',
    'packages/core-native/package.json': JSON.stringify({ optionalDependencies: addons }),
    'packages/core-native/src/good.ts': line,
    'packages/tcp/package.json': JSON.stringify({ optionalDependencies: addons }),
    'packages/tcp/src/bad.ts': line,
  });

  expect(violations).toEqual([
    'packages/tcp/package.json:1: may not have @hp/core-native-linux-x64-gnu in optionalDependencies',
    'packages/tcp/src/bad.ts:1: may not import @hp/core-native-linux-x64-gnu/hp_core.node',
  ]);
});
