// SPDX-License-Identifier: Apache-2.0
// Packs every published package and installs the tarballs in empty projects, without running scripts: all of them,
// to load each entry by import and by require; and each with only what it needs, to run the example of its README.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mustSucceed, neededBy, publishedPackages, root } from './packages.mjs';

/** @import { Package } from './packages.mjs' */

const packages = publishedPackages();
const work = mkdtempSync(path.join(tmpdir(), 'package-check-'));
// The tarballs hold no binary: those travel in packages of their own.
const env = {
  HP_NATIVE_PATH: path.join(root, 'packages/core-native/build/release/hp_core.node'),
  HP_SSL_NATIVE_PATH: path.join(root, 'packages/ssl/build/release/hp_ssl.node'),
};
try {
  /** @type {Map<Package, string>} */
  const tarballs = new Map();
  for (const each of packages) {
    const folder = path.join(work, 'tarballs', path.basename(each.directory));
    mustSucceed('pnpm', ['pack', '--pack-destination', folder], { cwd: each.directory });
    tarballs.set(each, path.join(folder, readdirSync(folder)[0] ?? ''));
  }

  const all = install('all', packages);
  for (const load of ['await import', 'require']) {
    const type = load === 'require' ? 'commonjs' : 'module';
    const script = packages.flatMap(({ manifest }) =>
      Object.keys(manifest.exports)
        .filter((subpath) => subpath !== './package.json')
        .map((subpath) => path.posix.join(manifest.name, subpath))
        .map((entry) => `console.log(Object.keys(${load}('${entry}')).length, '${load} ${entry}');`),
    );
    mustSucceed('node', [`--input-type=${type}`, '--eval', script.join('\n')], { cwd: all, env });
  }

  for (const each of packages) {
    const project = install(path.basename(each.directory), neededBy(each, packages));
    const readme = readFileSync(path.join(each.directory, 'README.md'), 'utf8');
    const [, example = 'throw new Error("The README has no example.");'] =
      /^```js\n(.*?)^```/ms.exec(readme) ?? [];
    writeFileSync(path.join(project, 'example.mjs'), example);
    mustSucceed('node', ['example.mjs'], { cwd: project, env });
  }

  /**
   * Makes a project of these packages alone, and returns its folder.
   *
   * @param {string} name
   * @param {readonly Package[]} wanted
   */
  function install(name, wanted) {
    const project = path.join(work, name);
    mkdirSync(project);
    writeFileSync(path.join(project, 'package.json'), '{ "private": true }');
    const files = wanted.map((each) => tarballs.get(each) ?? '');
    mustSucceed('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...files], {
      cwd: project,
    });
    return project;
  }
} finally {
  rmSync(work, { recursive: true });
}
