// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Document } from '@hp/testkit/docs';
import { type Example, faultsOfExamples } from './support/type-check.js';

const folder = path.join(import.meta.dirname, '..');
const root = path.join(folder, '../..');

function documentsIn(directory: string): string[] {
  const names = readdirSync(path.join(root, directory)).filter((name) => name.endsWith('.md'));
  return names.map((name) => path.join(directory, name));
}

// The example of @hp/core-native makes properties that only a run of it can see: its own tests run it.
const packages = ['tcp', 'udp', 'ssl', 'pull', 'pack'].map((name) => `packages/${name}/README.md`);
const examples = [...documentsIn('.'), ...documentsIn('docs'), ...packages].flatMap((document): Example[] =>
  new Document(path.join(root, document), folder).blocks('ts', 'js').map((block) => ({ ...block, document })),
);

test('every example in the documents compiles', () => {
  expect(examples.length).toBeGreaterThan(15);
  expect(faultsOfExamples(folder, examples)).toEqual([]);
});

test('what does not compile is told with its place', () => {
  const wrong = [
    { language: 'ts', line: 10, code: 'server.stopp();' },
    { language: 'ts', line: 20, code: 'const port: number = ;' },
    {
      language: 'js',
      line: 30,
      code: "import { TcpServer } from '@hp/tcp';\nnew TcpServer({}).start(5555);",
    },
  ];
  const faults = faultsOfExamples(
    folder,
    wrong.map((block) => ({ ...block, document: 'docs/some.md' })),
  );

  expect(faults.map((fault) => fault.split(': ')[0])).toEqual([
    ...['docs/some.md:10', 'docs/some.md:20', 'docs/some.md:31'],
  ]);
});
