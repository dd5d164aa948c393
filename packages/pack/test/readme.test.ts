// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { codeIn, faultsOf, PublicTypes, Readme } from '@hp/testkit/docs';
import { packRules } from '../src/settings.js';

const folder = path.join(import.meta.dirname, '..');
const readme = new Readme(folder);

test.each([
  ['over TCP', 0],
  ['over TLS', 1],
])(
  'the example %s runs by itself against the built package and finds its messages right',
  async (_, index) => {
    const result = await readme.run(index);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toContain('packs:');
  },
);

test.each(['src/index.ts', 'src/tcp.ts', 'src/ssl.ts'])('every export of %s is in it', (entry) => {
  const { words } = readme;
  const { names } = new PublicTypes(folder, entry);
  expect(names.filter((name) => !name.endsWith('Settings') && !words.has(name))).toEqual([]);
});

describe('the settings table', () => {
  const rows = readme.rows('### Settings');
  const numberIn = (code = ''): number => Number(code.replaceAll(',', ''));

  test('has every setting, and its default', () => {
    const initial = rows.map(([name = '', , value = '']) => [codeIn(name)[0], numberIn(codeIn(value)[0])]);
    const right = Object.entries(packRules).map(([name, rule]) => [name, rule.initial]);
    expect(initial).toEqual(right);
  });

  test.each(rows)('%s: the range is right', (name = '', range = '') => {
    const rule = packRules[codeIn(name)[0] ?? ''];
    expect(rule && faultsOf(rule, range, numberIn)).toEqual([]);
  });
});
