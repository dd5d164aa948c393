// SPDX-License-Identifier: Apache-2.0
// The release of a copy of this checkout: its changesets become versions and changelogs, and everything is published.
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from './command.mjs';
import { platformPackages, publishedPackages, root } from './packages.mjs';

/** @import { Registry } from './registry.mjs' */

/** A line of a changelog: a heading, a change, or one more line of a change. */
const changelogLine = /^(?:#.*|- .*| {2}.*|)$/;

/**
 * Publishes all to `registry` from a copy in `copy`, with the commands that a real release takes.
 *
 * @param {Registry} registry
 * @param {string} copy
 */
export async function rehearse(registry, copy) {
  await copyCheckout(copy);
  const git = ['-c', 'user.name=release', '-c', 'user.email=release@localhost'];
  /** @param {string} message */
  const commit = async (message) => {
    await run('git', ['add', '--all'], { cwd: copy });
    await run('git', [...git, 'commit', '--quiet', '--message', message], { cwd: copy });
  };
  await run('git', ['init', '--quiet'], { cwd: copy });
  await commit('what is to be released');

  // Without a change there would be nothing to say.
  writeFileSync(
    path.join(copy, '.changeset/rehearsal.md'),
    "---\n'@hp/tcp': patch\n---\n\nA rehearsed change.\n",
  );
  await run('npm', ['run', 'release:version'], { cwd: copy });
  for (const { directory } of [...publishedPackages(copy), ...platformPackages(copy)])
    checkChangelog(directory);
  await commit('versions');
  await run('npm', ['run', 'release'], { cwd: copy, env: registry.env });
}

/** Copies what git knows or would take, the built addons, and what is installed. @param {string} copy */
async function copyCheckout(copy) {
  const listed = await run(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'],
    {
      cwd: root,
    },
  );
  const addons = platformPackages().map(({ directory, manifest }) =>
    path.relative(root, path.join(directory, manifest.main ?? '')),
  );
  for (const file of [...listed.split('\0').filter((name) => name !== ''), ...addons]) {
    cpSync(path.join(root, file), path.join(copy, file));
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  for (const { directory } of publishedPackages()) {
    const modules = path.join(path.relative(root, directory), 'node_modules');
    // Links to what is in the workspace lead to the copy.
    cpSync(path.join(root, modules), path.join(copy, modules), { recursive: true, verbatimSymlinks: true });
  }
}

/** @param {string} directory */
function checkChangelog(directory) {
  const [title, , version, ...lines] = readFileSync(path.join(directory, 'CHANGELOG.md'), 'utf8').split('\n');
  const { name } = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'));
  if (title !== `# ${name}` || !/^## \d+\.\d+\.\d+$/.test(version ?? ''))
    throw new Error(`${directory}: no changelog`);
  const strange = lines.find((line) => !changelogLine.test(line) || /^- [\da-f]{7}:/.test(line));
  if (strange !== undefined) throw new Error(`${directory}/CHANGELOG.md: ${strange}`);
}
