// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './packages.mjs';

/**
 * The complete programs in the README of the first of `names`, of those that use all of them. A complete one checks itself.
 *
 * @param {readonly string[]} names without the scope
 */
export function examplesFor(names) {
  const readme = readFileSync(path.join(root, 'packages', names[0] ?? '', 'README.md'), 'utf8');
  const blocks = Array.from(readme.matchAll(/^```js\n(.*?)^```/gms), ([, code = '']) => code);
  const uses = names.map((name) => new RegExp(`from '@hp/(?:[a-z-]+/)?${name}['/]`));
  const found = blocks.filter(
    (code) => code.includes("'node:assert/strict'") && uses.every((use) => use.test(code)),
  );
  if (found.length === 0)
    throw new Error(`The README of @hp/${names[0]} has no example with ${names.join(' and ')}`);
  return found;
}
