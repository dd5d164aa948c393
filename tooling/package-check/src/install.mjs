// SPDX-License-Identifier: Apache-2.0
// `npm run check:install`: releases a copy of this checkout to a registry on this machine, installs from there as users do, and
// runs what the READMEs show, on each supported version of Node.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { supportedNodes } from '@hp/node-versions';
import { bundleAndRun } from './bundle.mjs';
import { examplesFor } from './examples.mjs';
import { publishedPackages } from './packages.mjs';
import { Project } from './project.mjs';
import { startRegistry } from './registry.mjs';
import { rehearse } from './rehearsal.mjs';

/** @import { Manager } from './project.mjs' */
/** @import { Registry } from './registry.mjs' */

/** The most that @hp/tcp, with what it needs, may take on disk. */
const MOST_BYTES = 2_000_000;

/** What every package has. */
const filesOfAll = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'];

const core = ['core-native', 'core-native-linux-x64-gnu'];
const tcp = ['tcp', ...core];
const ssl = ['ssl', 'ssl-linux-x64-gnu', ...tcp];

/** What is installed together, as the READMEs tell to, and all that comes with it: neither more nor less. */
const combinations = [
  { packages: ['core-native'], brings: core },
  { packages: ['tcp'], brings: tcp },
  { packages: ['ssl'], brings: ssl },
  { packages: ['udp'], brings: ['udp', ...core] },
  { packages: ['pack', 'tcp'], brings: ['pack', ...tcp] },
  { packages: ['pull', 'tcp'], brings: ['pull', ...tcp] },
  { packages: ['pack', 'ssl'], brings: ['pack', ...ssl] },
  { packages: ['pull', 'ssl'], brings: ['pull', ...ssl] },
];

const work = mkdtempSync(path.join(tmpdir(), 'check-install-'));

/** @param {readonly string[]} names */
const scoped = (names) => names.map((name) => `@hp/${name}`);

/**
 * Installs one combination, and runs its examples.
 *
 * @param {Manager} manager
 * @param {(typeof combinations)[number]} combination
 * @param {Registry} registry
 */
async function checkCombination(manager, { packages, brings }, registry) {
  const name = packages.join(' + ');
  const project = await Project.create(
    path.join(work, manager, packages.join('-')),
    manager,
    scoped(packages),
    registry,
  );
  const installed = project.installed();
  const there = [...installed.keys()].sort().join(', ');
  const expected = scoped(brings).sort().join(', ');
  if (there !== expected)
    throw new Error(`${name}, ${manager}: installed are ${there} instead of ${expected}`);

  for (const [brought, files] of installed) {
    const missing = filesOfAll.filter((file) => !files.has(file));
    if (missing.length > 0) throw new Error(`${brought} comes without ${missing.join(', ')}`);
  }
  const bytes = [...installed.values()]
    .flatMap((files) => [...files.values()])
    .reduce((sum, size) => sum + size, 0);
  if (name === 'tcp' && bytes > MOST_BYTES) throw new Error(`@hp/tcp takes ${bytes} bytes on disk`);

  const examples = examplesFor(packages);
  for (const { file } of supportedNodes()) {
    for (const [index, source] of examples.entries()) await project.run(`example-${index}.mjs`, source, file);
  }
  if (manager === 'npm') for (const source of examples) await bundleAndRun(project, source);
  console.log(`  ${name.padEnd(12)}  ${bytes.toLocaleString('en').padStart(9)} bytes  ${there}`);
}

/** Loads each entry of each package, by import and by require. @param {Registry} registry */
async function checkEntries(registry) {
  const packages = publishedPackages();
  const entries = packages.flatMap(({ manifest }) =>
    Object.keys(manifest.exports)
      .filter((subpath) => subpath !== './package.json')
      .map((subpath) => path.posix.join(manifest.name, subpath)),
  );
  const names = packages.map(({ manifest }) => manifest.name);
  const project = await Project.create(path.join(work, 'entries'), 'npm', names, registry);
  for (const { version, file } of supportedNodes()) {
    /** @param {string} load */
    const script = (load) =>
      entries
        .map((entry) => `if (Object.keys(${load}('${entry}')).length === 0) throw '${entry}';`)
        .join('\n');
    await project.run('entries.mjs', script('await import'), file);
    await project.run('entries.cjs', script('require'), file);
    console.log(`  ${version}: ${entries.length} entries by import and by require`);
  }
}

const registry = await startRegistry(path.join(work, 'registry'));
try {
  console.log('── release of a copy, to a registry on this machine');
  await rehearse(registry, path.join(work, 'copy'));
  for (const manager of /** @type {Manager[]} */ (['npm', 'pnpm'])) {
    console.log(`── installed with ${manager}; the examples of the READMEs run on every supported Node`);
    for (const combination of combinations) await checkCombination(manager, combination, registry);
  }
  console.log('── entries');
  await checkEntries(registry);
} finally {
  await registry.close();
  rmSync(work, { recursive: true, force: true });
}
