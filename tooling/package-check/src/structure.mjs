// SPDX-License-Identifier: Apache-2.0
// Checks that every published package has what every other has: a README of the house's shape, entries with types, a licence, a
// changelog or what becomes one, tests; and that the packages with native addons belong to it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { platformPackages, publishedPackages, root } from './packages.mjs';

/** @import { Package } from './packages.mjs' */

const headings = ['## Install'];
const installScripts = ['preinstall', 'install', 'postinstall', 'prepare'];

/** The changesets that wait for a release, as one text. */
const changesets = readdirSync(path.join(root, '.changeset'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => readFileSync(path.join(root, '.changeset', name), 'utf8'))
  .join('\n');

/** What is wrong with what all manifests have in common. @param {Package} of */
function commonFaults({ directory, manifest }) {
  const { name, description, license, files, engines, publishConfig, scripts = {} } = manifest;
  const readme = path.join(directory, 'README.md');
  return [
    description === undefined ? ['no description'] : [],
    license === 'Apache-2.0' ? [] : ['another licence'],
    engines?.node === '>=20.19' ? [] : ['other versions of Node'],
    publishConfig?.access === 'public' ? [] : ['not public'],
    files === undefined ? ['no list of files'] : [],
    installScripts.filter((script) => script in scripts).map((script) => `a script ${script}`),
    existsSync(readme) && readFileSync(readme, 'utf8').startsWith(`# ${name}\n`)
      ? []
      : ['no README with its name'],
    manifest.version === publishedPackages()[0]?.manifest.version ? [] : ['another version'],
  ].flat();
}

/** @param {Package} of */
function packageFaults({ directory, manifest }) {
  const readme = readFileSync(path.join(directory, 'README.md'), 'utf8');
  const entries = Object.entries(manifest.exports).filter(([subpath]) => subpath !== './package.json');
  const tests = readdirSync(path.join(directory, 'test'), { recursive: true, encoding: 'utf8' });
  const peers = Object.entries(manifest.peerDependencies ?? {});
  const own = { ...manifest.dependencies, ...manifest.optionalDependencies };
  return [
    manifest.type === 'module' ? [] : ['not ESM'],
    manifest.exports['./package.json'] === './package.json' ? [] : ['package.json is not exported'],
    entries
      .filter(([, entry]) => typeof entry === 'string' || Object.keys(entry)[0] !== 'types')
      .map(([subpath]) => `${subpath} has no types, or not first`),
    headings
      .filter((heading) => !readme.includes(`\n${heading}\n`))
      .map((heading) => `no '${heading}' in its README`),
    /^## Example/m.test(readme) ? [] : ['no example in its README'],
    /^<!-- examples?: packages\/[\w/.-]+\.test\.ts runs (?:it|them) -->$/m.test(readme)
      ? []
      : ['an example that no test runs'],
    existsSync(path.join(directory, 'CHANGELOG.md')) || changesets.includes(`'${manifest.name}'`)
      ? []
      : ['neither a changelog nor a changeset'],
    tests.some((file) => file.endsWith('.test.ts')) && manifest.scripts?.['test:unit'] !== undefined
      ? []
      : ['no tests'],
    Object.entries(own)
      .filter(([name, range]) => !name.startsWith('@hp/') || range !== 'workspace:*')
      .map(([name, range]) => `${name} ${range}: packages need each other alone, in the very same version`),
    peers
      .filter(
        ([name, range]) =>
          range !== 'workspace:^' || manifest.peerDependenciesMeta?.[name]?.optional !== true,
      )
      .map(([name]) => `the peer ${name} is not optional, or not 'workspace:^'`),
  ].flat();
}

/** @param {Package} of */
function platformFaults({ directory, manifest }) {
  const [system = '', processor = '', library] = path.basename(directory).split('-');
  const owner = publishedPackages().find((each) => directory.startsWith(`${each.directory}/`))?.manifest;
  return [
    manifest.name === `${owner?.name}-${path.basename(directory)}` ? [] : ['another name than its folder'],
    manifest.os?.join() === system ? [] : [`another system than ${system}`],
    manifest.cpu?.join() === processor ? [] : [`another processor than ${processor}`],
    manifest.libc?.join() === (library === 'gnu' ? 'glibc' : undefined) ? [] : ['another C library'],
    manifest.files?.join() === `${manifest.main},CHANGELOG.md` ? [] : ['other files than its addon'],
    owner?.optionalDependencies?.[manifest.name] === 'workspace:*'
      ? []
      : [`${owner?.name} does not ask for it`],
  ].flat();
}

const faults = [
  ...publishedPackages().map((each) => /** @type {const} */ ([each, packageFaults(each)])),
  ...platformPackages().map((each) => /** @type {const} */ ([each, platformFaults(each)])),
].flatMap(([each, own]) => [...commonFaults(each), ...own].map((fault) => `${each.manifest.name}: ${fault}`));
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
