// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { documents, folder, openDocument } from './support/documents.js';
import { type Example, faultsOfExamples } from './support/type-check.js';

// The example of @hp/core-native makes properties that only a run of it can see: its own tests run it.
const compiled = documents.filter((name) => !name.startsWith('packages/core-native/'));
const examples = compiled.flatMap((document): Example[] =>
  openDocument(document)
    .blocks('ts', 'js')
    .map((block) => ({ ...block, document })),
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
