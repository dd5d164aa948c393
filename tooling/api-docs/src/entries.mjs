// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** @typedef {{ name: string, directory: string, isPackage: boolean }} Entry what can be imported */

export const root = path.resolve(import.meta.dirname, '../../..');

/** What two packages export is described where it comes first: so applications find it in a package they use. */
const first = ['tcp', 'udp', 'ssl', 'pull', 'pack'];

/**
 * Every package and, behind them all, every further entry of theirs.
 * @returns {Entry[]}
 */
export function publishedEntries() {
  const folders = new Set([...first, ...readdirSync(path.join(root, 'packages'))]);
  const entries = [...folders].flatMap((folder) => {
    const directory = path.join(root, 'packages', folder);
    /** @type {{ name: string, exports: Record<string, unknown> }} */
    const manifest = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'));
    return Object.keys(manifest.exports)
      .filter((subpath) => subpath !== './package.json')
      .map((subpath) => ({
        name: path.posix.join(manifest.name, subpath),
        directory,
        isPackage: subpath === '.',
      }));
  });
  return [...entries.filter(({ isPackage }) => isPackage), ...entries.filter(({ isPackage }) => !isPackage)];
}

/** How the workspace compiles its sources; `@hp/…` leads to them. */
export function compilerOptions() {
  const file = path.join(root, 'tsconfig.base.json');
  const { config } = ts.readConfigFile(file, (name) => ts.sys.readFile(name));
  return ts.parseJsonConfigFileContent(config, ts.sys, root).options;
}

/**
 * Compiles files that exist in memory only, besides all they import.
 *
 * @param {ReadonlyMap<string, string>} files their text, by path
 * @param {ts.CompilerOptions} [options]
 */
export function compile(files, options = compilerOptions()) {
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file) ?? readFile(file);
  return ts.createProgram([...files.keys()], options, host);
}
