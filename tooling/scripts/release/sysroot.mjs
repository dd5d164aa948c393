// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from '../lib/workspace.mjs';

const home = path.join(root, 'tooling/sysroot');

// Of a whole toolchain with a compiler of its own, this is what linking needs.
const libraries = [
  'lib/ld-*',
  'lib/libc[-.]*',
  'lib/libm[-.]*',
  'lib/libpthread[-.]*',
  'usr/lib/libc_nonshared.a',
];

/**
 * The folder with the C library of the oldest systems that the published addons are for, glibc 2.17. It comes from npm, and is
 * unpacked here once.
 */
export function sysroot() {
  const manifest = '@napi-rs/cross-toolchain-x64-target-x86_64/package.json';
  const archive = path.join(
    path.dirname(createRequire(path.join(home, 'package.json')).resolve(manifest)),
    'x86_64-unknown-linux-gnu.tar.xz',
  );
  const folder = path.join(home, 'build/sysroot');
  if (existsSync(folder)) return folder;

  const unpacked = path.join(home, 'build/unpacked');
  rmSync(unpacked, { recursive: true, force: true });
  mkdirSync(unpacked, { recursive: true });
  const wanted = libraries.map((library) => `./x86_64-unknown-linux-gnu/sysroot/${library}`);
  execFileSync('tar', ['-xJf', archive, '-C', unpacked, '--strip-components=3', '--wildcards', ...wanted]);
  renameSync(unpacked, folder);
  return folder;
}
