// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { hasCommand, runChild } from '@hp/testkit';
import * as core from '@hp/core-native';

const folder = path.join(import.meta.dirname, '..');
const readme = readFileSync(path.join(folder, 'README.md'), 'utf8');

/** The code blocks of one language. */
function blocksOf(language: string): string[] {
  const blocks = readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'));
  return [...blocks].map((match) => match[1] ?? '');
}

/** A file inside the package, so that it may import the package by its name. */
async function withFile<T>(name: string, content: string, use: (file: string) => T): Promise<Awaited<T>> {
  mkdirSync(path.join(folder, 'test-results'), { recursive: true });
  const directory = mkdtempSync(path.join(folder, 'test-results/readme-'));
  try {
    const file = path.join(directory, name);
    writeFileSync(file, content);
    return await use(file);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const titles = ['a role', 'a receive model'];

test('the README has an example of each kind', () => {
  expect([blocksOf('js').length, blocksOf('c').length]).toEqual([titles.length, 1]);
});

test.each(titles)('%s: the example runs by itself against the built package', async (title) => {
  const code = blocksOf('js')[titles.indexOf(title)] ?? '';
  const result = await withFile('example.mjs', code, (file) => runChild(file));
  expect(result).toMatchObject({ code: 0, stderr: '' });
});

test('a stream filter: the sketch compiles against the header as C', async () => {
  const compiler = ['c++', 'g++', 'clang++'].find(hasCommand) ?? 'c++';
  const flags = ['-x', 'c', '-std=c11', '-fsyntax-only', '-Wall', '-Wextra', '-Werror'];
  // The sketch has no table of functions that would use them.
  const unused = ['-Wno-unused-function', '-Wno-unused-parameter'];
  const include = `-I${path.join(folder, 'include')}`;
  await withFile('filter.c', blocksOf('c').join(''), (file) => {
    const compile = () => execFileSync(compiler, [...flags, ...unused, include, file], { stdio: 'pipe' });
    expect(compile).not.toThrow();
  });
});

test('every value the package exports is in the README', () => {
  const words = new Set(readme.match(/\w+/g));
  expect(Object.keys(core).filter((name) => !words.has(name))).toEqual([]);
});
