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
  return names.map((name) => path.posix.join(directory, name));
}

// The example of @hp/core-native makes properties that only a run of it can see: its own tests run it.
const packages = ['tcp', 'udp', 'ssl', 'pull', 'pack'].map((name) => `packages/${name}/README.md`);
const documents = [...documentsIn('.'), ...documentsIn('docs'), ...packages];
const examples = documents.flatMap((document): Example[] =>
  new Document(path.join(root, document), folder).blocks('ts', 'js').map((block) => ({ ...block, document })),
);

// Compiled together with the right ones, for that takes long.
const wrong: readonly Example[] = [
  { document: 'wrong.md', language: 'ts', line: 10, code: 'server.stopp();' },
  { document: 'wrong.md', language: 'ts', line: 20, code: 'const port: number = ;' },
  {
    document: 'wrong.md',
    language: 'js',
    line: 30,
    code: "import { TcpServer } from '@hp/tcp';\nnew TcpServer({}).start(5555);",
  },
];
const faults = faultsOfExamples(folder, [...examples, ...wrong]);

test('every example in the documents compiles', () => {
  expect(examples.length).toBeGreaterThan(30);
  expect(faults.filter((fault) => !fault.startsWith('wrong.md:'))).toEqual([]);
});

test('what does not compile is told with its place', () => {
  const places = faults.filter((fault) => fault.startsWith('wrong.md:')).map((fault) => fault.split(': ')[0]);
  expect(places).toEqual(['wrong.md:10', 'wrong.md:20', 'wrong.md:31']);
});
