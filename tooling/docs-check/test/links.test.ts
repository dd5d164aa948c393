// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Document } from '@hp/testkit/docs';
import { documents, openDocument, root } from './support/documents.js';

/** Where GitHub puts the headings of a document. */
function anchorsOf(document: Document): Set<string> {
  return new Set(
    document.headings.map((heading) =>
      heading
        .replace(/^#+ /, '')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** The targets of the links within the workspace. */
function linksIn({ text }: Document): string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

function isBroken(document: string, link: string): boolean {
  const [target = '', anchor] = link.split('#');
  const file = target === '' ? document : path.posix.join(path.posix.dirname(document), target);
  if (!existsSync(path.join(root, file))) return true;
  return anchor !== undefined && !anchorsOf(openDocument(file)).has(anchor);
}

test.each(documents)('every link of %s leads somewhere', (document) => {
  const links = linksIn(openDocument(document));
  expect(links.filter((link) => isBroken(document, link))).toEqual([]);
});

test('there are links to follow', () => {
  expect(documents.flatMap((document) => linksIn(openDocument(document))).length).toBeGreaterThan(80);
});
