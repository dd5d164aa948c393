// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { build } from 'esbuild';
import { run } from './command.mjs';

/** @import { Project } from './project.mjs' */

/**
 * Bundles a program of `project` as the README of @hp/core-native tells to, and runs the bundle.
 *
 * @param {Project} project
 * @param {string} source
 */
export async function bundleAndRun(project, source) {
  const bundle = path.join(project.folder, 'bundle.mjs');
  const { warnings } = await build({
    stdin: { contents: source, resolveDir: project.folder },
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['@hp/*.node'],
    logLevel: 'silent',
  });
  if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join('\n'));
  return await run('node', [bundle], { cwd: project.folder });
}
