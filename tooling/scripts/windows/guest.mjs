// SPDX-License-Identifier: Apache-2.0
// Lays out the workspace for Windows: copies, for Node follows no symbolic links under Wine.
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { readManifest } from '../lib/workspace.mjs';
import { nativePackages, places, root } from './places.mjs';
import { runTimed } from '../lib/timed.mjs';

const home = path.join(root, 'tooling/windows');
const notCopied = new Set([
  'node_modules',
  'build',
  'test-results',
  'test-native',
  '.turbo',
  // Those that the demos have made for this computer.
  '.certificates',
]);

/** The names of the folders of packages whose tests run on Windows. */
const testedPackages = readdirSync(path.join(root, 'packages')).filter(
  (name) => readManifest(path.join(root, 'packages', name)).scripts?.['test:unit'] !== undefined,
);

/** Installs what npm has for Windows: Node itself, vitest, and what the tests import. */
export async function installGuest() {
  requireSameVersions();
  cpSync(path.join(home, 'guest'), places.guest, { recursive: true });
  const { packageManager } = readManifest(root);
  const output = path.join(places.results, 'install.log');
  // Not in that folder, where node is node.exe.
  const args = ['--yes', String(packageManager), '--dir', places.guest, 'install', '--frozen-lockfile'];
  const code = await runTimed('npx', args, { cwd: root, output, timeoutMs: 120_000 });
  if (code !== 0)
    throw new Error(`npx ${args.join(' ')} ended with ${code}:\n${readFileSync(output, 'utf8')}`);
}

/** The guest's manifest stands outside the workspace, whose catalogue it must not drift from. */
function requireSameVersions() {
  const catalogue = readFileSync(path.join(root, 'pnpm-workspace.yaml'), 'utf8');
  const { dependencies } = JSON.parse(readFileSync(path.join(home, 'guest/package.json'), 'utf8'));
  for (const [name, version] of Object.entries(dependencies)) {
    const [, wanted] = new RegExp(`^  ${name}: (.*)$`, 'm').exec(catalogue) ?? [];
    if (wanted !== undefined && wanted !== version) {
      throw new Error(`tooling/windows/guest has ${name} ${version}, the workspace ${wanted}`);
    }
  }
}

/** Copies the built packages, their tests, and the addons into the guest. */
export function stageWorkspace() {
  for (const file of ['vitest.shared.ts', 'tsconfig.base.json']) {
    cpSync(path.join(root, file), path.join(places.guest, file));
  }
  stage('tooling/testkit', 'tooling/testkit');
  stage('apps/demos', 'apps/demos');
  stage('tooling/windows/interop', 'interop');
  for (const name of testedPackages) {
    stage(`packages/${name}`, `packages/${name}`);
    // What is installed is another copy than the one whose sources the tests run on.
    for (const part of ['package.json', 'dist']) {
      stage(`packages/${name}/${part}`, `node_modules/@hp/${name}/${part}`);
    }
  }
  for (const { name, addons, crossBuild } of nativePackages) {
    for (const owner of ['packages', 'node_modules/@hp']) {
      const place = path.join(places.guest, owner, name, 'build/release');
      for (const addon of addons) cpSync(path.join(crossBuild, addon), path.join(place, addon));
    }
  }
}

/** @param {string} from in the repository @param {string} to in the guest */
function stage(from, to) {
  const source = path.join(root, from);
  const copy = path.join(places.guest, to);
  if (!existsSync(source)) throw new Error(`${from} is missing; run "npm run build" first`);
  rmSync(copy, { recursive: true, force: true });
  cpSync(source, copy, {
    recursive: true,
    filter: (file) => !notCopied.has(path.basename(file)),
  });
}

/** node.exe of a major version. @param {string} version */
export function nodeOf(version) {
  return path.join(places.guest, `node_modules/node-${version}/bin/node.exe`);
}
