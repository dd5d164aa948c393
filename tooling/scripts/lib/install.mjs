// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from './run.mjs';
import { readManifest, root } from './workspace.mjs';

const stampFile = path.join(root, 'node_modules/.installed-lockfile');

/** Brings node_modules in step with pnpm-lock.yaml; ends the process when that fails. */
export async function ensureInstalled() {
  const lockfile = createHash('sha256')
    .update(readFileSync(path.join(root, 'pnpm-lock.yaml')))
    .digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === lockfile) return;

  const { packageManager } = readManifest(root);
  const code = await run('npx', ['--yes', String(packageManager), 'install', '--frozen-lockfile'], {
    cwd: root,
  });
  if (code !== 0) process.exit(code);
  writeFileSync(stampFile, lockfile);
}
