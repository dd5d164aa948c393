// SPDX-License-Identifier: Apache-2.0
// Packs every published package, installs the tarballs in an empty project without running scripts,
// and loads each entry there, by import and by require.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mustSucceed, publishedPackages, root } from './packages.mjs';

const packages = publishedPackages();
const project = mkdtempSync(path.join(tmpdir(), 'package-check-'));
try {
  for (const { directory } of packages) {
    mustSucceed('pnpm', ['pack', '--pack-destination', project], { cwd: directory });
  }
  const tarballs = readdirSync(project).map((name) => `./${name}`);
  writeFileSync(path.join(project, 'package.json'), '{ "private": true }');
  mustSucceed('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...tarballs], {
    cwd: project,
  });

  const entries = packages.flatMap(({ manifest }) =>
    Object.keys(manifest.exports)
      .filter((subpath) => subpath !== './package.json')
      .map((subpath) => path.posix.join(manifest.name, subpath)),
  );
  // The tarballs hold no binary: those travel in packages of their own.
  const env = { HP_NATIVE_PATH: path.join(root, 'packages/core-native/build/release/hp_core.node') };
  for (const load of ['await import', 'require']) {
    const type = load === 'require' ? 'commonjs' : 'module';
    const script = entries.map(
      (entry) => `console.log(Object.keys(${load}('${entry}')).length, '${load} ${entry}');`,
    );
    mustSucceed('node', [`--input-type=${type}`, '--eval', script.join('\n')], { cwd: project, env });
  }
} finally {
  rmSync(project, { recursive: true });
}
