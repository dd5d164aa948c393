// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { filesUnder, foldersIn } from './files.mjs';
import { packageRules } from './rules.mjs';

/** @import { Violation } from './files.mjs' */
/** @import { PackageRule } from './rules.mjs' */
/** @typedef {Record<string, string>} Dependencies */
/**
 * @typedef {{
 *   dependencies?: Dependencies,
 *   devDependencies?: Dependencies,
 *   optionalDependencies?: Dependencies,
 *   peerDependencies?: Dependencies,
 *   peerDependenciesMeta?: Record<string, { optional?: boolean }>,
 * }} Manifest
 */

const scope = '@hp/';
const testkit = 'testkit';
const sourceFile = /\.m?[jt]s$/;

/** @param {string} name */
function isTest(name) {
  return /(^|\/)test\/|\.test(-d)?\.ts$/.test(name);
}

/**
 * Whether a test uses what the tests of a package that it may import have for support.
 *
 * @param {string} target relative to its package, as is `file`
 * @param {string} file
 * @param {readonly string[] | undefined} allowed
 */
function isSharedSupport(target, file, allowed) {
  const [, owner = ''] = /^\.\.\/([^/]+)\/test\/support\//.exec(target) ?? [];
  return isTest(file) && allowed !== undefined && allowed.includes(owner);
}

/**
 * What is wrong with one import of a package's file, if anything.
 *
 * @param {{ directory: string, file: string, specifier: string, allowed: readonly string[] | undefined }} where
 */
function importProblem({ directory, file, specifier, allowed }) {
  if (specifier.startsWith('.')) {
    const target = path.relative(directory, path.resolve(path.dirname(file), specifier));
    if (!target.startsWith('..') || isSharedSupport(target, path.relative(directory, file), allowed)) {
      return undefined;
    }
    return `imports ${specifier}, outside its package`;
  }
  if (!specifier.startsWith(scope)) return undefined;
  const [name = '', ...subpath] = specifier.slice(scope.length).split('/');
  if (subpath[0] === 'src' || subpath[0] === 'dist')
    return `imports ${specifier}, the inside of another package`;
  return allowed === undefined || allowed.includes(name) ? undefined : `may not import ${specifier}`;
}

/**
 * Checks the imports of every source and test of one package.
 *
 * @param {string} directory
 * @param {readonly string[] | undefined} allowed the packages it may import; every one when not given
 * @returns {Violation[]}
 */
function checkImports(directory, allowed) {
  const files = ['src', 'test'].flatMap((folder) => filesUnder(path.join(directory, folder), sourceFile));
  return files.flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    const reachable = allowed && isTest(path.relative(directory, file)) ? [...allowed, testkit] : allowed;
    return ts.preProcessFile(text, true, true).importedFiles.flatMap(({ fileName: specifier, pos }) => {
      const message = importProblem({ directory, file, specifier, allowed: reachable });
      return message ? [{ file, line: text.slice(0, pos).split('\n').length, message }] : [];
    });
  });
}

/** The packages with the native addon of one package, each for one platform. @param {string} directory */
function platformPackagesOf(directory) {
  return foldersIn(path.join(directory, 'npm')).map((target) => `${path.basename(directory)}-${target}`);
}

/**
 * Checks that a manifest names only the packages its sources may import.
 *
 * @param {string} directory
 * @param {PackageRule} rule
 * @returns {Violation[]}
 */
function checkManifest(directory, rule) {
  const file = path.join(directory, 'package.json');
  /** @type {Manifest} */
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  const optional = manifest.peerDependenciesMeta ?? {};
  const platforms = platformPackagesOf(directory);

  /** @type {[keyof Manifest, (name: string) => boolean][]} */
  const fields = [
    ['dependencies', (name) => rule.packages.includes(name)],
    ['optionalDependencies', (name) => platforms.includes(name)],
    [
      'peerDependencies',
      (name) => rule.optionalPeers.includes(name) && optional[scope + name]?.optional === true,
    ],
    ['devDependencies', (name) => [...rule.packages, ...rule.optionalPeers, testkit].includes(name)],
  ];
  return fields.flatMap(([field, isAllowed]) =>
    Object.keys(manifest[field] ?? {})
      .filter((name) => name.startsWith(scope) && !isAllowed(name.slice(scope.length)))
      .map((name) => ({ file, line: 1, message: `may not have ${name} in ${field}` })),
  );
}

/**
 * Checks the import direction between the packages of the workspace at `root`.
 *
 * @param {string} root
 * @returns {Violation[]}
 */
export function checkPackages(root) {
  const published = foldersIn(path.join(root, 'packages')).flatMap((name) => {
    const directory = path.join(root, 'packages', name);
    const rule = packageRules[name];
    if (rule === undefined) return [{ file: directory, line: 1, message: 'is a package without a rule' }];
    return [
      ...checkManifest(directory, rule),
      ...checkImports(directory, [
        name,
        ...platformPackagesOf(directory),
        ...rule.packages,
        ...rule.optionalPeers,
      ]),
    ];
  });
  const privateOnes = ['apps', 'tooling'].flatMap((group) =>
    foldersIn(path.join(root, group)).flatMap((name) =>
      checkImports(path.join(root, group, name), undefined),
    ),
  );
  return [...published, ...privateOnes];
}
