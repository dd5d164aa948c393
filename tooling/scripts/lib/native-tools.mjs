// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { isOnPath } from './path.mjs';
import { run } from './run.mjs';

const packages = [
  'libgtest-dev',
  'clang',
  'libclang-rt-14-dev',
  'clang-format',
  'clang-tidy',
  'libssl-dev',
  'netcat-openbsd',
  'openssl',
  'socat',
];

/** @param {string} name */
function isInstalled(name) {
  const query = spawnSync('dpkg-query', ['-W', '-f=${Status}', name], { encoding: 'utf8' });
  return query.stdout === 'install ok installed';
}

/**
 * Installs those of the Debian packages that are missing, when run as root.
 *
 * @param {readonly string[]} wanted
 * @param {string} purpose what needs them, for the sentence that says what to install
 * @returns {Promise<boolean>} whether all of them are there now
 */
export async function installDebianPackages(wanted, purpose) {
  const missing = wanted.filter((name) => !isInstalled(name));
  if (missing.length === 0) return true;

  const install = ['install', '--yes', '--no-install-recommends', ...missing];
  if (process.getuid?.() === 0 && isOnPath('apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    if ((await run('apt-get', install, { env })) === 0) return true;
    // The package lists may be missing or out of date.
    if ((await run('apt-get', ['update'], { env })) === 0 && (await run('apt-get', install, { env })) === 0)
      return true;
  }
  console.error(`${purpose} need these Debian packages: apt-get install ${missing.join(' ')}`);
  return false;
}

/** Installs what the C++ tests, the native checks and the interop tests need. */
export function installNativeTools() {
  return installDebianPackages(packages, 'The C++ tests and native checks');
}

/** Installs what tests of web pages, and of programs that browse the web, need. */
export function installWebTools() {
  return installDebianPackages(['chromium', 'curl'], 'Tests in a browser');
}
