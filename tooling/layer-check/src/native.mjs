// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { filesUnder, foldersIn } from './files.mjs';
import { headerKind } from './headers.mjs';
import { nativeRules, packageRules } from './rules.mjs';

/** @import { Violation } from './files.mjs' */

const sourceFile = /\.(h|hpp|cc|cpp|c|inc)$/;
const includeDirective = /^\s*#\s*include\s*(?:<(?<bracketed>[^>]+)>|"(?<quoted>[^"]+)")?/;
const systemConditional = /^\s*#\s*(?:el)?if.*\b(_WIN32|_WIN64|__linux__|__APPLE__)\b/;

/**
 * The rules for the layers of the package.
 *
 * @param {string} directory
 */
function rulesOf(directory) {
  return nativeRules[path.basename(directory)] ?? {};
}

/**
 * The layer a file of the package is in.
 *
 * @param {string} directory
 * @param {string} relative
 */
function layerOf(directory, relative) {
  return Object.keys(rulesOf(directory)).find((layer) => relative.startsWith(`${layer}/`));
}

/**
 * The package whose public header an include names, if any does: the build adds the `include` folders of the packages
 * that this one depends on.
 *
 * @param {string} directory
 * @param {string} name
 */
function importedFrom(directory, name) {
  const { packages = [] } = packageRules[path.basename(directory)] ?? {};
  return packages.find((each) => existsSync(path.join(directory, '..', each, 'include', name)));
}

/**
 * The file that an include names, relative to the package. The build adds the folder of
 * the system it is for, whose headers have the same names in each.
 *
 * @param {string} directory
 * @param {string} includer
 * @param {string} name
 */
function resolveInclude(directory, includer, name) {
  const systems = path.join(directory, 'native/sys');
  const found = [
    path.dirname(includer),
    path.join(directory, 'native'),
    path.join(directory, 'include'),
    ...foldersIn(systems).map((name) => path.join(systems, name)),
  ]
    .map((base) => path.join(base, name))
    .find((candidate) => existsSync(candidate));
  return found === undefined ? undefined : path.relative(directory, found);
}

/**
 * What is wrong with one include, if anything.
 *
 * @param {string} directory
 * @param {string} includer
 * @param {Record<string, string | undefined>} names
 */
function includeProblem(directory, includer, { bracketed, quoted }) {
  const name = bracketed ?? quoted;
  if (name === undefined) return 'includes a name made by a macro, which cannot be checked';

  const layer = String(layerOf(directory, path.relative(directory, includer)));
  const rule = rulesOf(directory)[layer];
  const target = resolveInclude(directory, includer, name);
  const owner = importedFrom(directory, name);
  if (target === undefined && owner !== undefined) {
    const header = `${owner}/${name}`;
    return rule?.imports?.includes(header) ? undefined : `${layer} may not include ${header}`;
  }
  if (target === undefined) {
    if (quoted !== undefined && headerKind(name) === 'system')
      return `includes "${name}", which does not exist`;
    return rule?.headers.includes(headerKind(name)) ? undefined : `${layer} may not include <${name}>`;
  }
  if (target.startsWith('..')) return `includes ${name}, outside its package`;
  const targetLayer = layerOf(directory, target);
  if (targetLayer === layer) return undefined;
  if (targetLayer === undefined || !rule?.layers.includes(targetLayer))
    return `${layer} may not include ${target}`;
  return isPublic(target, targetLayer) ? undefined : `${target} is private to ${targetLayer}`;
}

/**
 * Only the headers directly in native/sys are for others: its subfolders are one backend each.
 *
 * @param {string} target
 * @param {string} layer
 */
function isPublic(target, layer) {
  return layer !== 'native/sys' || path.dirname(target) === layer;
}

/**
 * Checks the include direction inside one package.
 *
 * @param {string} directory
 * @returns {Violation[]}
 */
export function checkNative(directory) {
  const files = ['include', 'native'].flatMap((folder) =>
    filesUnder(path.join(directory, folder), sourceFile),
  );
  return files.flatMap((file) => {
    const layer = layerOf(directory, path.relative(directory, file));
    if (layer === undefined) return [{ file, line: 1, message: 'is in no layer that has a rule' }];

    return readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((text, index) => {
        const include = includeDirective.exec(text);
        const conditional = systemConditional.exec(text);
        const message = include
          ? includeProblem(directory, file, include.groups ?? {})
          : conditional && layer !== 'native/sys' && `${layer} may not ask for ${conditional[1]}`;
        return message ? [{ file, line: index + 1, message }] : [];
      });
  });
}
