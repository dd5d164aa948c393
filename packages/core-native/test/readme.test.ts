// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { hasCommand } from '@hp/testkit';
import { Readme } from '@hp/testkit/docs';
import * as core from '@hp/core-native';

const folder = path.join(import.meta.dirname, '..');
const readme = new Readme(folder);

const titles = ['a role', 'a receive model'];

test('the README has an example of each kind', () => {
  expect([readme.blocks('js').length, readme.blocks('c').length]).toEqual([titles.length, 1]);
});

test.each(titles)('%s: the example runs by itself against the built package', async (title) => {
  const result = await readme.run(titles.indexOf(title));
  expect(result).toMatchObject({ code: 0, stderr: '' });
});

test('a stream filter: the sketch compiles against the header as C', async () => {
  const compiler = ['c++', 'g++', 'clang++'].find(hasCommand) ?? 'c++';
  const flags = ['-x', 'c', '-std=c11', '-fsyntax-only', '-Wall', '-Wextra', '-Werror'];
  // The sketch has no table of functions that would use them.
  const unused = ['-Wno-unused-function', '-Wno-unused-parameter'];
  const include = `-I${path.join(folder, 'include')}`;
  const [sketch] = readme.blocks('c');
  await readme.withFile('filter.c', sketch?.code ?? '', (file) => {
    const compile = () => execFileSync(compiler, [...flags, ...unused, include, file], { stdio: 'pipe' });
    expect(compile).not.toThrow();
  });
});

test('every value the package exports is in the README', () => {
  const { words } = readme;
  expect(Object.keys(core).filter((name) => !words.has(name))).toEqual([]);
});
