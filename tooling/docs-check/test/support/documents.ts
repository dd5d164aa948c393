// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { Document } from '@hp/testkit/docs';

/** The folder of this package. */
export const folder: string = path.join(import.meta.dirname, '../..');
/** The folder of the workspace. */
export const root: string = path.join(folder, '../..');

/** A document by its path in the workspace; its examples may import what this package may. */
export function openDocument(name: string): Document {
  return new Document(path.join(root, name), folder);
}

function documentsIn(directory: string): string[] {
  const names = readdirSync(path.join(root, directory)).filter((name) => name.endsWith('.md'));
  return names.map((name) => path.posix.join(directory, name));
}

/** The paths of all documents for readers. */
export const documents: readonly string[] = [
  ...['.', 'docs', 'docs/decisions', 'docs/benchmarks'].flatMap(documentsIn),
  ...readdirSync(path.join(root, 'packages')).flatMap((name) => documentsIn(`packages/${name}`)),
];
